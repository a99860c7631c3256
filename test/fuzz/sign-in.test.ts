import fc from 'fast-check';
import { RenewalSeal } from '../../src/auth/renewal-seal.js';
import { openSessionKey } from '../../src/auth/session-key.js';
import { Browser } from '../support/cookie-browser.js';
import { inAddress, inHeader, someEdits, withEdits } from '../support/edited.js';
import { fuzz } from '../support/fuzz.js';
import { newLinesOf } from '../support/fuzzed-world.js';
import { ask } from '../support/http.js';
import { openSite, upToCallback } from '../support/site.js';
import { expectSound } from '../support/sound-answer.js';

const CLIENT_SECRET = 'secret-of-the-client-of-this-site';
const site = await openSite({ jwt: true, refresh: true, clientSecret: CLIENT_SECRET }, { env: { LOG_LEVEL: 'info' } });
const seal = new RenewalSeal((await openSessionKey(site.world.config)) ?? Buffer.alloc(32), Date.now);
const newLines = newLinesOf(site.world);

/** A browser that is signed in, and comes back from the provider for another sign-in. All that it holds is secret. */
async function comingBack() {
  const browser = new Browser();
  await browser.ask(String(await upToCallback(browser, site)));
  const [session, renewal] = [browser.cookie('keyledger_session') ?? '', browser.cookie('keyledger_renewal') ?? ''];
  const { search, searchParams } = await upToCallback(browser, site);
  const attempt = browser.cookie('keyledger_sign_in') ?? '';
  const { refreshToken = '', idToken = '' } = (await seal.openRenewal(renewal)) ?? {};
  const parameters = ['code', 'state'].map((name) => searchParams.get(name) ?? '');
  return {
    search,
    cookies: {
      keyledger_sign_in: attempt,
      keyledger_session: session,
      keyledger_renewal: renewal,
      keyledger_sign_out: renewal,
    },
    secrets: [CLIENT_SECRET, ...parameters, attempt, session, session.split('.')[2] ?? '', renewal, refreshToken, idToken],
  };
}

const maybe = fc.option(someEdits);

const attempts = fc.record({
  path: fc.constantFrom('/auth/callback', '/auth/sign-in', '/auth/renew', '/auth/signed-out'),
  search: maybe,
  cookies: fc.tuple(maybe, maybe, maybe, maybe),
  all: maybe,
});

fuzz(
  'any code, state and cookies get an answer that is no fault of the server, and neither it nor the log repeats them',
  attempts,
  async ({ path, search, cookies, all }) => {
    const held = await comingBack();
    for (const secret of held.secrets) expect(secret.length).toBeGreaterThan(20);
    const pairs = Object.entries(held.cookies).map(
      ([name, value], place) => `${name}=${withEdits(value, cookies[place] ?? null)}`,
    );
    newLines();
    const answer = await ask(site.url, {
      method: path === '/auth/renew' ? 'POST' : 'GET',
      path: inAddress(`${path}${withEdits(held.search, search)}`),
      headers: ['Origin', site.url, 'Cookie', inHeader(withEdits(pairs.join('; '), all))],
    });
    // The provider is told who signs out.
    const secrets = path === '/auth/signed-out' ? held.secrets.slice(0, -1) : held.secrets;
    expectSound(answer.wire, newLines(), secrets);
  },
);
