import { hash } from 'node:crypto';
import { join } from 'node:path';
import { openFilling } from '../../src/app/filling.js';
import { UsageLog } from '../../src/commands/usage/usage-log.js';
import { FailedAttempts } from '../../src/http/programs/failed-attempts.js';
import { refuseWhile } from '../../src/http/programs/refuse-for-now.js';
import { verifyRoute } from '../../src/http/programs/verify.js';
import { createServer } from '../../src/http/server.js';
import { createLog } from '../../src/observability/log.js';
import { keysProjections } from '../../src/projections/all-projections.js';
import { ReadYourWrites } from '../../src/projections/keys/read-your-writes.js';
import { Verification } from '../../src/projections/keys/verification.js';
import { openKeysRunner } from '../../src/projections/runners.js';
import { watched } from '../../src/shared/clock.js';
import { DATA_FILE } from '../../src/shared/data-files.js';
import Database from '../../src/shared/sqlite.js';
import { SqliteEventStore } from '../../src/store/sqlite/sqlite.js';
import { answer } from './support/child.js';

/** A key as its holder has it. */
export interface Held {
  keyId: string;
  secret: string;
}

/**
 * `listen` answers with the address; `position` answers with that of the keys projection; a task answers with how many of the keys it
 * verified per second; `inTurns` does so by id, a few in each turn of the event loop.
 */
export type VerifyQuestion = { listen: true } | { position: true } | { task: Task; keys: Held[] };
export type Task = 'bare' | 'byId' | 'bySecret' | 'inTurns';

/** How many verifications share a turn of the event loop. */
const PER_TURN = 10;

/** How long verifications in turns are measured, in milliseconds. */
const IN_TURNS = 500;

const [directory = ''] = process.argv.slice(2);
const log = createLog('warn');
const file = join(directory, DATA_FILE.log);
const store = new SqliteEventStore(file);
const filling = openFilling({
  dataDirectory: directory,
  store: { kind: 'sqlite', file },
  pseudonymKey: undefined,
  staleness: 10_000,
  log,
  here: store,
});
const opened = await filling.open(DATA_FILE.keys, keysProjections);
const { database, projections } = opened;
const readYourWrites = new ReadYourWrites((account) => projections.keys.version(account));
const runner = openKeysRunner({ store, log }, opened, readYourWrites);
const clock = watched(Date.now, () => {});
const verification = new Verification(database, clock);
const uses = new UsageLog({ store, clock, log });
const tasks: Record<Exclude<Task, 'inTurns'>, (key: Held) => unknown> = {
  bare: ({ keyId, secret }) => hash('sha256', secret, 'buffer') && lookUp().get(keyId),
  byId: ({ keyId, secret }) => verification.verify(keyId, secret),
  bySecret: ({ secret }) => verification.verifySecret(secret),
};

let prepared: { get(keyId: string): object | undefined } | undefined;

/** The same look-up without anything of ours. The file has its place only once it is filled. */
function lookUp() {
  prepared ??= new Database(join(directory, DATA_FILE.keys), { readonly: true }).prepare<[string], object>(
    'SELECT keyId, account, scopes, secretHash, expiresAt, deletedAt FROM keys_5 WHERE keyId = ?',
  );
  return prepared;
}

const server = createServer(log);
server.register(
  verifyRoute({
    verifier: verification,
    refuseForNow: refuseWhile(() => (runner.isFresh(10_000) ? undefined : { code: 'STALE' })),
    failedAttempts: new FailedAttempts(undefined),
    onAccepted: (verified) => uses.record(verified),
  }),
);
server.get('/bare', (_, reply) => void reply.code(204).send());
runner.start();

answer<VerifyQuestion>(async (question) => {
  await runner.caughtUp;
  if ('listen' in question) return server.listen({ port: 0, host: '127.0.0.1' });
  if ('position' in question) return runner.status().position;
  if (question.task === 'inTurns') return perSecondInTurns(question.keys);
  return perSecond(tasks[question.task], question.keys);
});

function perSecond(task: (key: Held) => unknown, keys: Held[]): number {
  const start = performance.now();
  for (const key of keys) if (task(key) === undefined) throw new Error(`${key.keyId} is refused.`);
  return (1000 * keys.length) / (performance.now() - start);
}

/** For a while, so that it matters little whether a round has one attempt to project more than another. */
async function perSecondInTurns(keys: Held[]): Promise<number> {
  const start = performance.now();
  let done = 0;
  while (performance.now() - start < IN_TURNS) {
    const first = done % keys.length;
    const turn = keys.slice(first, first + PER_TURN);
    for (const { keyId, secret } of turn) verification.verify(keyId, secret);
    done += turn.length;
    await new Promise(setImmediate);
  }
  return (1000 * done) / (performance.now() - start);
}
