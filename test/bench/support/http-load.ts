import autocannon, { type Load } from 'autocannon';

/** What became of the requests. */
export interface Answered {
  answered: number;
  perSecond: number;
  /** Milliseconds. */
  p99: number;
  /** Those that were refused or failed. */
  lost: number;
}

/** Sends the requests over and over. */
export async function offer(load: Load): Promise<Answered> {
  const { '2xx': answered, non2xx, errors, duration, latency } = await autocannon(load);
  return { answered, perSecond: answered / duration, p99: latency.p99, lost: non2xx + errors };
}

/** The same. @throws Error if a request is refused or fails */
export async function underLoad(load: Load): Promise<Answered> {
  const answered = await offer(load);
  if (answered.lost > 0) throw new Error(`${load.url} refused ${answered.lost} requests, or they failed.`);
  return answered;
}
