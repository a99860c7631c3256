import { PATH } from '../../shared/paths.js';
import { alone } from './alone.js';
import { Refused } from './failures.js';

/** The name of the lock that all tabs of this browser share. */
const LOCK = 'keyledger-renewal';

let renewing: Promise<boolean> | undefined;

/**
 * `fetch` that renews the session once if its token has ended, and then asks again: a request that was answered with 401 has changed
 * nothing.
 * @throws Refused if it is not known whether the session can be renewed
 */
export async function renewedFetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const response = await fetch(input, init);
  if (response.status !== 401 || !(await renewed())) return response;
  return fetch(input, init);
}

/** False if the session has ended. However many requests need it, this browser renews it once at a time. */
function renewed(): Promise<boolean> {
  renewing ??= alone(LOCK, renew).finally(() => {
    renewing = undefined;
  });
  return renewing;
}

async function renew(): Promise<boolean> {
  // The answer sets the new cookies even if the page has gone meanwhile.
  const { ok, status } = await fetch(PATH.renew, { method: 'POST', keepalive: true, cache: 'no-store' }).catch(() => LOST);
  if (ok || status === 401) return ok;
  throw new Refused(
    'Your session could not be renewed. Try again in a moment; this request has changed nothing.',
    'IDENTITY_PROVIDER_UNAVAILABLE',
    undefined,
    undefined,
  );
}

const LOST = { ok: false, status: 0 };
