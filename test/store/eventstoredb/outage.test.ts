import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { outageOf } from '../../../src/store/eventstoredb/outage.js';
import { here } from '../../cli/here.js';
import { COMMAND } from '../../cli/run.js';
import { cleanUpLater, newAccount, temporaryDirectory } from '../../support/cleanup.js';
import { EventStoreDbServer, freePort, isInstalled } from '../../support/eventstoredb-server.js';
import { record } from '../../support/histories.js';
import { sqliteLog } from '../../support/restorable.js';
import { created } from '../../support/specification.js';
import { openWorld } from '../../support/world.js';

const REFUSED = new Error('14 UNAVAILABLE: No connection established. Last error: Error: connect ECONNREFUSED 127.0.0.1:2113.');
const PASSWORD = 'geheim';

it.each([
  ['esdb://localhost', 'localhost:2113'],
  [`esdb://admin:${PASSWORD}@db.example:2114?tls=false`, 'db.example:2114'],
  [`esdb+discover://admin:${PASSWORD}@one,two:2114/?tls=true&connectionName=${PASSWORD}`, 'one:2113, two:2114'],
  [`esdb://admin:${PASSWORD}?@host`, 'host:2113'],
  [`esdb://admin:${PASSWORD}`, 'the configured address'],
  [`esdb://admin:pass/${PASSWORD}@host`, 'the configured address'],
])('names the address of %s, and neither user, password nor options', (connectionString, address) => {
  expect(outageOf(connectionString, REFUSED)).toBe(
    `EventStoreDB at ${address} (KEYLEDGER_STORE) cannot be reached: connection refused. Start it, or correct the address.`,
  );
});

const refusedAt = (port: number) =>
  `EventStoreDB at 127.0.0.1:${port} (KEYLEDGER_STORE) cannot be reached: connection refused. Start it, or correct the address.`;

it.each(['export', 'import', 'recover'])(
  'keyledger %s names the address and the setting where no server is',
  async (command) => {
    const port = await freePort();
    const log = sqliteLog();
    const store = log.open();
    await record(store, newAccount(), [created('a')]);
    await store.close();
    const KEYLEDGER_STORE = `esdb://admin:${PASSWORD}@127.0.0.1:${port}?tls=false`;
    const { code, stderr } = await here([command], { KEYLEDGER_DATA: log.dataDirectory, KEYLEDGER_STORE });
    expect(code).toBe(1);
    expect(stderr.trim().split('\n').at(-1)).toBe(`keyledger: ${refusedAt(port)}`);
  },
);

it('keyledger revoke, which waits for the server, says so and why', async () => {
  const port = await freePort();
  const env = {
    PATH: process.env.PATH,
    KEYLEDGER_DATA: temporaryDirectory(),
    KEYLEDGER_STORE: `esdb://admin:${PASSWORD}@127.0.0.1:${port}?tls=false`,
  };
  const command = spawn(process.execPath, [COMMAND, 'revoke', '--account', 'a', '--yes'], { env });
  cleanUpLater(() => void command.kill('SIGKILL'));
  expect.assertions(1);
  for await (const line of createInterface(command.stderr)) {
    expect(line).toBe(`keyledger: ${refusedAt(port)} Waiting for it.`);
    break;
  }
});

(isInstalled() ? it : it.skip)(
  'a server says once that it cannot be reached, without stacks, and once that it answers again',
  async () => {
    const database = new EventStoreDbServer(await freePort());
    cleanUpLater(() => database.kill());
    const world = await openWorld({
      dataDirectory: temporaryDirectory(),
      env: { KEYLEDGER_STORE: `esdb://admin:${PASSWORD}@127.0.0.1:${database.port}?tls=false` },
      unready: true,
    });
    while (!world.log().includes('cannot be reached')) await delay(25);
    await database.start();
    await world.app.ready;
    while (!world.log().includes('answers again')) await delay(25);
    await world.stop();
    const count = (text: string) => world.log().split(text).length - 1;
    expect(count(refusedAt(database.port))).toBe(1);
    expect(count('the event store answers again')).toBe(1);
    expect(world.log()).not.toMatch(/"stack"|cannot be read over HTTP|geheim/);
  },
);
