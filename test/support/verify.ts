import { setTimeout as delay } from 'node:timers/promises';
import { ask, basic, bearer } from './http.js';

/** A key as its holder has it. */
export interface HeldKey {
  key: { keyId: string };
  secret: string;
}

/** The ways to send a key, as headers. */
export const WAYS = {
  Basic: ({ key, secret }: HeldKey) => basic(key.keyId, secret),
  Bearer: ({ secret }: HeldKey) => bearer(secret),
};

/** The status with which `/v1/verify` answers for the key. */
export async function statusOf({ url }: { url: string }, key: HeldKey, way: keyof typeof WAYS = 'Basic'): Promise<number> {
  return (await ask(`${url}/v1/verify`, { headers: WAYS[way](key) })).status;
}

/** Asks until the key is accepted again. Meanwhile it must never be refused as unknown. */
export async function untilAccepted(server: { url: string }, held: HeldKey): Promise<void> {
  for (;;) {
    const status = await statusOf(server, held);
    if (status === 200) return;
    if (status !== 503) throw new Error(`The key is answered with ${status}.`);
    await delay(5);
  }
}

/**
 * Verifies until the status is that one; before it, only 200 and 401 are allowed.
 * @returns milliseconds; 0 if the first answer has it
 */
export async function timeUntil(status: 200 | 401, server: { url: string }, key: HeldKey): Promise<number> {
  const start = performance.now();
  for (let asked = 0; ; asked += 1) {
    const found = await statusOf(server, key);
    if (found === status) return asked === 0 ? 0 : performance.now() - start;
    if (found !== 200 && found !== 401) throw new Error(`The key is answered with ${found}.`);
  }
}
