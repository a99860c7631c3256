import { untilAnswered } from '../support/asked-analytics.js';
import { temporaryDirectory } from '../support/cleanup.js';
import { firstUnlessLong } from '../support/long.js';
import { olderVersion } from '../support/older-version.js';
import { readinessOf, untilFilled } from '../support/readiness.js';
import { type Server, startServer } from '../support/server.js';
import { STORES, storeSettings } from '../support/two-servers.js';
import { statusOf } from '../support/verify.js';

describe.each(firstUnlessLong(STORES))(
  'a new version that starts beside an old server, on %s',
  (_name, connectionString, it) => {
    it('fills its files while the old one serves, and both know all keys until the old one stops', async () => {
      const dataDirectory = temporaryDirectory();
      const settings = { ...storeSettings(connectionString), KEYLEDGER_PSEUDONYM_KEY: Buffer.alloc(32, 1).toString('base64') };
      const old = await startServer(dataDirectory, settings, undefined, [], olderVersion());
      const owner = await old.client();
      const [held, dead] = [await owner.newKey(), await owner.newKey()];
      await untilFilled(old);
      await untilAnswered(await old.client(undefined, { role: 'analyst' }));

      const next = await startServer(dataDirectory, settings);
      while ((await readinessOf(next)).status !== 200) expect(await statusOf(old, held)).toBe(200);
      await untilFilled(next);
      expect(await statusOf(next, held)).toBe(200);
      await (await next.client(owner.account)).deleteKey(dead.key.keyId);
      while ((await statusOf(old, dead)) === 200);
      const another = await owner.newKey();
      while ((await statusOf(next, another)) !== 200);
      expect((await readinessOf(old)).status).toBe(200);

      expect(await askAnalyst(next)).toEqual([]);
      expect(await askAnalyst(old)).toEqual([{ code: 'NOT_READY', message: expect.stringContaining('Another version') }]);

      expect(await old.end('SIGTERM')).toBe(0);
      expect([await statusOf(next, held), await statusOf(next, dead), await statusOf(next, another)]).toEqual([200, 401, 200]);
      expect(old.output() + next.output()).not.toContain('cannot be used');
    });
  },
);

/** The faults in the answer to a question that nobody has asked. */
async function askAnalyst(server: Server) {
  const analyst = await server.client(undefined, { role: 'analyst' });
  const { errors = [] } = await analyst.send('{ analytics { distribution(metric: KEY_AGE) { count } } }');
  return errors.map(({ message, extensions }) => ({ code: extensions?.code, message }));
}
