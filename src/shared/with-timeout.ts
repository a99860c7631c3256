/** The time was up. */
export class NoAnswer extends Error {
  constructor(milliseconds: number) {
    super(`No answer within ${milliseconds} ms.`);
  }
}

/** Awaits the promise for at most so many milliseconds, and no longer than until the signal aborts; then it rejects. */
export async function withTimeout<T>(milliseconds: number, promise: Promise<T>, signal?: AbortSignal): Promise<T> {
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
