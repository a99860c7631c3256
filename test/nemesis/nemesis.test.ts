import { randomBytes, randomInt } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { openLocalIssuer } from '../../src/auth/local-issuer.js';
import { readConfig } from '../../src/config.js';
import { evolve } from '../../src/domain/keys/decide.js';
import { NO_KEYS } from '../../src/domain/keys/model.js';
import { decode } from '../../src/store/codec.js';
import { streamOf } from '../../src/store/streams.js';
import { newAccount, temporaryDirectory } from '../support/cleanup.js';
import { patientStore } from '../support/eventstoredb.js';
import { isLong } from '../support/long.js';
import { eventsOf } from '../support/store-doubles.js';
import { isToolInstalled } from '../support/tools.js';
import { Cluster } from './cluster.js';
import { Nemesis, ROUNDS } from './faults.js';
import type { Read } from './history.js';
import { unexplained } from './linear.js';
import { Load } from './load.js';
import { Network } from './network.js';
import { wrongVerifications } from './revocation.js';
import { Service } from './service.js';
import { summaryOf } from './summary.js';

/** For how long faults happen: `KEYLEDGER_TEST_NEMESIS=20`. The long run takes half a minute, and starts and ends in another. */
const MINUTES = Number(process.env.KEYLEDGER_TEST_NEMESIS ?? (isLong ? 0.5 : 0));
const MACHINES = 3;
const ACCOUNTS = 2;
/** Shorter than by default, so that faults outlast them. In milliseconds. */
const STALENESS = 4000;
const DEADLINE = 6000;
/** How long the faults of a round last, in milliseconds. */
const LASTS = { least: 2000, most: 14_000 };
/** How long nothing is disturbed after them. */
const REST = 2000;
/** How long the test may take beside. */
const LIMIT = 900_000;

const isPossible = MINUTES > 0 && isToolInstalled('eventstored') && Network.canBeMade();

(isPossible ? it : it.skip)(
  'keeps its promises on a cluster whose nodes and processes are killed, paused and cut off',
  async () => {
    const network = new Network(MACHINES);
    const cluster = new Cluster(network);
    await cluster.agreed();
    const file = join(temporaryDirectory(), 'issuer.jwk');
    const issuer = await openLocalIssuer(file);
    const env = {
      KEYLEDGER_STORE: cluster.connectionString,
      KEYLEDGER_STALENESS: `${STALENESS}ms`,
      KEYLEDGER_DEADLINE: `${DEADLINE}ms`,
      KEYLEDGER_LOG_KEY: randomBytes(32).toString('base64'),
    };
    const services = network.machines.map((machine) => new Service(machine, file, env));
    const { claims } = readConfig({});
    const load = new Load(ACCOUNTS, {
      targets: services,
      newAccount: async () => {
        const name = newAccount();
        return { name, token: await issuer.issue({ account: name, role: 'owner', subject: 'nemesis', ttl: 86_400 }, claims) };
      },
    });
    const nemesis = new Nemesis({ network, cluster, services });
    const recoveries = [];
    await load.untilServed();
    for (const end = performance.now() + 60_000 * MINUTES; performance.now() < end; ) {
      await nemesis.disturb(ROUNDS[recoveries.length % ROUNDS.length] ?? []);
      await delay(randomInt(LASTS.least, LASTS.most));
      nemesis.heal();
      recoveries.push(await load.untilServed());
      await delay(REST);
    }
    await cluster.agreed();
    await load.end();

    const store = patientStore(cluster.connectionString);
    for (const { name, calls } of load.accounts) {
      const start = performance.now();
      const keys = (await eventsOf(store, streamOf('apiKeys', name))).map(decode).reduce((state, event) => {
        const next = evolve(state, event);
        expect(next.keys.size).toBeLessThanOrEqual(2);
        return next;
      }, NO_KEYS);
      const held = [...keys.keys.values()].map((key) => key.name);
      const log: Read = {
        kind: 'read',
        process: -1,
        start,
        end: performance.now(),
        minVersion: 0,
        outcome: 'done',
        version: keys.version,
        keys: held,
      };
      calls.push(log);
    }
    await store.close();
    const [server, { ends }, accounts] = [await cluster.version(), cluster, load.accounts.length];
    const run = { calls: load.calls, faults: nemesis.counts, recoveries, minutes: MINUTES, accounts, server, ends };
    process.stdout.write(summaryOf(run));

    expect(load.accounts.flatMap(({ wrong }) => wrong)).toEqual([]);
    expect(services.flatMap(({ deaths }) => deaths)).toEqual([]);
    expect(
      load.accounts.map(({ name, calls }) => ({ name, calls: unexplained(calls) })).filter(({ calls }) => calls.length > 0),
    ).toEqual([]);
    expect(load.accounts.flatMap(({ calls }) => wrongVerifications(calls, STALENESS))).toEqual([]);
    expect(await Promise.all(services.map((service) => service.stop()))).toEqual(services.map(() => 0));
  },
  60_000 * MINUTES + LIMIT,
);
