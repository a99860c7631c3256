/**
 * The body of an answer, which fails with the signal's reason when that aborts. `fetch` of Node 20 and 22 holds its signal weakly: once the
 * headers have come, garbage collection may take a signal that nothing else holds, and an answer that stops in the middle never ends.
 */
export function heardBody({ body }: Response, signal: AbortSignal): ReadableStream<Uint8Array> | null {
  return body?.pipeThrough(new TransformStream<Uint8Array, Uint8Array>(), { signal }) ?? null;
}
