import { hash } from 'node:crypto';
import { join } from 'node:path';
import { UsageLog } from '../../src/commands/usage-log.js';
import { steady } from '../../src/domain/clock.js';
import { Failures } from '../../src/http/failures.js';
import { createServer } from '../../src/http/server.js';
import { verifyRoute } from '../../src/http/verify.js';
import { createLog } from '../../src/observability/log.js';
import { openProjections } from '../../src/projections/database.js';
import { KeysProjection } from '../../src/projections/keys.js';
import { ProjectionRunner } from '../../src/projections/runner.js';
import { Verification } from '../../src/projections/verification.js';
import { SqliteEventStore } from '../../src/store/sqlite.js';
import { answer } from './support/child.js';

/** A key as its holder has it. */
export interface Held {
  keyId: string;
  secret: string;
}

/** `listen` answers with the address; a task with how many of the keys it verified a second. */
export type VerifyQuestion = { listen: true } | { task: Task; keys: Held[] };
export type Task = 'bare' | 'byId' | 'bySecret';

const [directory = ''] = process.argv.slice(2);
const log = createLog('warn');
const store = new SqliteEventStore(join(directory, 'events.db'));
const database = openProjections(join(directory, 'projections.db'), log);
const runner = new ProjectionRunner({ store, database, projection: new KeysProjection(database), log });
const clock = steady(Date.now);
const verification = new Verification(database, clock);
const uses = new UsageLog({ store, clock, log });
const lookUp = database.prepare<[string], object>(
  'SELECT keyId, account, scopes, secretHash, expiresAt, deletedAt FROM keys_2 WHERE keyId = ?',
);
const tasks: Record<Task, (key: Held) => unknown> = {
  bare: ({ keyId, secret }) => hash('sha256', secret, 'buffer') && lookUp.get(keyId),
  byId: ({ keyId, secret }) => verification.verify(keyId, secret),
  bySecret: ({ secret }) => verification.verifySecret(secret),
};

const server = createServer(log);
server.register(
  verifyRoute({
    verifier: verification,
    isFresh: () => runner.isFresh(10_000),
    failures: new Failures(undefined),
    onAccepted: (verified) => uses.note(verified),
  }),
);
server.get('/bare', (_, reply) => void reply.code(204).send());
runner.start();

answer<VerifyQuestion>(async (question) => {
  await runner.caughtUp;
  if ('listen' in question) return server.listen({ port: 0, host: '127.0.0.1' });
  return perSecond(tasks[question.task], question.keys);
});

function perSecond(task: (key: Held) => unknown, keys: Held[]): number {
  const start = performance.now();
  for (const key of keys) if (task(key) === undefined) throw new Error(`${key.keyId} is refused.`);
  return (1000 * keys.length) / (performance.now() - start);
}
