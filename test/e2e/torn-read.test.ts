import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CreateKeyDocument } from '../../src/client/gql/graphql.js';
import { killLater } from '../support/child.js';
import { temporaryDirectory } from '../support/cleanup.js';
import type { Client } from '../support/client.js';
import { itWhenLong } from '../support/long.js';
import { untilMidway } from '../support/midway.js';
import { startServer } from '../support/server.js';

const ROUNDS = 10;
const DIST = join(import.meta.dirname, '../../dist');

/** Projects the whole log again and again into the file that the server reads, and reports each time. */
const PROJECT_IN_A_LOOP = `
  import { pino } from '${DIST}/../node_modules/pino/pino.js';
  import { openProjections } from '${DIST}/projections/engine/database.js';
  import { keysProjections } from '${DIST}/projections/all-projections.js';
  import { PositionTable } from '${DIST}/projections/engine/position.js';
  import { ProjectionRunner } from '${DIST}/projections/engine/runner.js';
  import { SqliteEventStore } from '${DIST}/store/sqlite/sqlite.js';
  const [data] = process.argv.slice(-1);
  const log = pino({ level: 'silent' });
  const opened = await openProjections(data + '/keys.db', log, keysProjections);
  const { database, projections: { keys: projection } } = opened;
  database.pragma('busy_timeout = 60000');
  const positions = new PositionTable(database);
  const store = new SqliteEventStore(data + '/events.db');
  for (;;) {
    database.transaction(() => { projection.clear(); positions.forget(projection.name); }).immediate();
    const runner = new ProjectionRunner({ database, store, projection, log });
    runner.start();
    await runner.caughtUp;
    await runner.stop();
    process.stdout.write('.');
  }
`;

/** Tries again while the server says that its tables were just emptied. */
async function createOnceReady(client: Client): Promise<string | undefined> {
  for (;;) {
    const { status, data } = await client.send(CreateKeyDocument, { input: { name: 'a key' } });
    if (status !== 503) return data?.createKey?.__typename;
    await delay(5);
  }
}

itWhenLong(
  'never lets a third key through while another process fills the projection from nothing, over and over',
  async () => {
    const data = temporaryDirectory();
    const server = await startServer(data);
    await (await server.client()).newKey();
    const projector = spawn(process.execPath, ['--input-type=module', '--eval', PROJECT_IN_A_LOOP, data], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    killLater(projector);
    let rebuilt = 0;
    projector.stdout.on('data', (dots: Buffer) => {
      rebuilt += dots.length;
    });
    await untilMidway(once(projector, 'close'), () => rebuilt > 0);
    for (let round = 0; round < ROUNDS || rebuilt <= ROUNDS; round += 1) {
      expect(projector.exitCode).toBeNull();
      const client = await server.client();
      const answers = await Promise.all(Array.from({ length: 50 }, () => createOnceReady(client)));
      expect(answers.filter((type) => type === 'CreateKeyPayload')).toHaveLength(2);
      expect(answers.filter((type) => type === 'KeyLimitReached')).toHaveLength(48);
    }
    projector.kill('SIGKILL');
    await server.end('SIGTERM');
  },
);
