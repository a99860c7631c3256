import { AnswerLost } from './failures.js';

/** Longer than a live feed is ever silent, in milliseconds: without events, the server pings it every 12 seconds. */
const SILENCE = 30_000;

/**
 * Waits for the next sign of life of a feed. A connection whose other end has vanished does not end by itself.
 * @throws AnswerLost if there is none for too long
 */
export async function unlessSilent<T>(sign: Promise<T>, silence = SILENCE): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silent = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new AnswerLost()), silence);
  });
  try {
    return await Promise.race([sign, silent]);
  } finally {
    clearTimeout(timer);
  }
}
