import autocannon, { type Load } from 'autocannon';

/** What became of the requests. */
export interface Answered {
  answered: number;
  perSecond: number;
  /** Milliseconds. */
  p99: number;
}

/**
 * Sends the requests over and over, each connection as fast as it is answered. For a fixed rate, see `offerSteadily`: the rates of autocannon
 * are bursts, one each second.
 * @throws Error if a request is refused or fails
 */
export async function underLoad(load: Load): Promise<Answered> {
  const { '2xx': answered, non2xx, errors, duration, latency } = await autocannon(load);
  const lost = non2xx + errors;
  if (lost > 0) throw new Error(`${load.url} refused ${lost} requests, or they failed.`);
  return { answered, perSecond: answered / duration, p99: latency.p99 };
}
