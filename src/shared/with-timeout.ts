/** There was no answer in time. */
export class NoAnswer extends Error {
  constructor(milliseconds: number) {
    super(`No answer within ${milliseconds} ms.`);
  }
}

/**
 * Awaits the promise.
 * @throws NoAnswer after that many milliseconds; the signal's reason if the signal aborts first
 */
export async function withTimeout<T>(promise: Promise<T>, milliseconds: number, signal?: AbortSignal): Promise<T> {
  let end: () => void = () => {};
  const limit = new Promise<never>((_, reject) => {
    const timer = setTimeout(() => reject(new NoAnswer(milliseconds)), milliseconds);
    const abort = () => reject(signal?.reason);
    signal?.addEventListener('abort', abort);
    end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    };
    if (signal?.aborted) abort();
  });
  try {
    return await Promise.race([promise, limit]);
  } finally {
    end();
  }
}
