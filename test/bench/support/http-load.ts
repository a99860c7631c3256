import autocannon, { type Load } from 'autocannon';

/** Sends the requests over and over. @throws Error if one is refused */
export async function underLoad(load: Load): Promise<{ perSecond: number; p99: number }> {
  const { non2xx, errors, duration, latency, ...counts } = await autocannon(load);
  if (non2xx + errors > 0) throw new Error(`${load.url} refused ${non2xx} requests, ${errors} failed.`);
  return { perSecond: counts['2xx'] / duration, p99: latency.p99 };
}
