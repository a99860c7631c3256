import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createApp } from '../../src/app.js';
import { readConfig } from '../../src/config.js';
import { createLog } from '../../src/observability/log.js';
import { openLog } from '../../src/store/sqlite/sqlite-file.js';
import { compete, oneOf } from './support/contestant.js';
import { writeHistory } from './support/history.js';
import type { Held } from './verify-server.js';

/** A whole Keyledger. In process it is asked without GraphQL and HTTP; the guard, all projections and the metrics take part. */
const [directory = ''] = process.argv.slice(2);
let accounts = 0;

compete(async (count) => {
  const keys = writeKeys(count);
  const config = readConfig({ PORT: '0', KEYLEDGER_DATA: directory, NODE_ENV: 'production', LOG_LEVEL: 'warn' });
  const { start, verification, write } = await createApp({ config, log: createLog(config.logLevel) });
  const url = await start({ whenCaughtUp: true });
  const create = async () => {
    accounts += 1;
    const caller = { account: `new-${accounts}`, actor: 'bench', correlationId: `bench-${accounts}`, since: performance.now() };
    const { key } = await write.commands.create(caller, { name: 'bench', scopes: [] });
    return () => write.commands.delete({ ...caller, since: performance.now() }, key.keyId);
  };
  return {
    served: { url, requests: keys.map((key) => ({ path: '/v1/verify', headers: basic(key) })) },
    verify() {
      const { keyId, secret } = oneOf(keys);
      const verified = verification.verify(keyId, secret);
      if (!verified) throw new Error(`${keyId} is refused.`);
      write.uses.record(verified);
    },
    create,
    createAndDelete: async () => (await create())(),
  };
});

function writeKeys(count: number): Held[] {
  mkdirSync(directory);
  const log = openLog(join(directory, 'events.db'));
  const keys: Held[] = [];
  const pasts = Array.from({ length: count / 2 }, (_, index) => ({ account: `account-${index}`, events: 2 }));
  writeHistory(log, pasts, ({ keyId, secret }) => keys.push({ keyId, secret }));
  log.close();
  return keys;
}

function basic({ keyId, secret }: Held): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`${keyId}:${secret}`).toString('base64')}` };
}
