import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Role } from '../../src/auth/viewer.js';
import { Auditor } from './soak/auditor.js';
import { startLoad, type Users } from './soak/mixed-load.js';
import { followPlan, newSettingKey } from './soak/plan.js';
import { PUBLISHED, publishInto } from './soak/publish.js';
import { earlyAndLate, SERIES_NAMES, type SoakResult } from './soak/result.js';
import { type Sample, SERIES, takeSample } from './soak/samples.js';
import { SupervisedServer } from './soak/supervised-server.js';
import { Tally } from './soak/tally.js';
import { shown } from './support/bench.js';
import { viewerOf } from './support/keyledger.js';
import { commitNow, machine } from './support/machine.js';
import { inTemporaryDirectory } from './support/temporary.js';

// `npm run soak -- --minutes 30`: a server under mixed load, with all that happens to one in its life, and what it uses meanwhile.

/** A shorter run is a trial. It is not written into the documentation. */
const WHOLE = 30;
const TRIALS = 'dist/soak';

const OWNERS = 8;
/** How often the server is looked at, in milliseconds. */
const EVERY = 5000;

const { values } = parseArgs({ options: { minutes: { type: 'string', default: String(WHOLE) } } });
const minutes = Number(values.minutes);
if (!(minutes > 0)) throw new Error(`--minutes takes a number, and not ${values.minutes}.`);

await inTemporaryDirectory(async (directory) => {
  const result = await soak(directory);
  const folder = minutes < WHOLE ? TRIALS : 'docs';
  publishInto(folder, result);
  const rows = SERIES_NAMES.map((name) => {
    const { early, late } = earlyAndLate(result, name);
    return `${name.padEnd(20)}${shown(early).padStart(10)}${shown(late).padStart(10)} ${SERIES[name]}`;
  });
  const { answered, interrupted, failed, wrong, messages, complaints, verified } = result;
  const found = { answered, interrupted, failed, wrong, messages, complaints };
  process.stdout.write(`${rows.join('\n')}\n${JSON.stringify(found, null, 2)}\n${verified}Written into ${folder}.\n`);
  process.exitCode = failed + wrong > 0 ? 1 : 0;
});

async function soak(directory: string): Promise<SoakResult> {
  const commit = commitNow(...PUBLISHED);
  const dataDirectory = join(directory, 'data');
  const server = new SupervisedServer(dataDirectory, join(directory, 'keyledger.log'), {
    LOG_LEVEL: 'debug',
    KEYLEDGER_LOG_KEY: newSettingKey(),
    KEYLEDGER_PSEUDONYM_KEY: newSettingKey(),
  });
  try {
    await server.start();
    const users = await usersOf(server, dataDirectory);
    const auditor = new Auditor(directory);
    await auditor.keep(server);
    const [tally, at, start] = [new Tally(), new Date().toISOString(), performance.now()];
    const load = startLoad(users, tally);
    const sampling = sample(server, dataDirectory, start);
    const run = { start, milliseconds: 60_000 * minutes };
    const steps = await followPlan({ server, dataDirectory, tally }, run, () => auditor.keep(server));
    await load.stop();
    await auditor.keep(server);
    const samples = await sampling.stop();
    tally.isDown(true);
    await server.stop('SIGTERM');
    await load.ended;
    const { answered, interrupted, failed, wrong, messages } = tally;
    return {
      at,
      commit,
      machine: machine(),
      node: process.versions.node,
      minutes,
      answered,
      interrupted,
      failed,
      wrong,
      messages,
      complaints: await server.complaints(),
      verified: await auditor.verify(server),
      steps,
      samples,
    };
  } finally {
    server.kill();
  }
}

/** Looks at the server now and then, until it is stopped. */
function sample(server: SupervisedServer, dataDirectory: string, start: number): { stop(): Promise<Sample[]> } {
  const samples: Sample[] = [];
  const over = new AbortController();
  const taken = (async () => {
    for (let next = start; !over.signal.aborted; next += EVERY) {
      await delay(Math.max(0, next - performance.now()), undefined, { signal: over.signal }).catch(() => {});
      if (!over.signal.aborted) samples.push(await takeSample(server.url, dataDirectory, (performance.now() - start) / 1000));
    }
  })();
  return {
    async stop() {
      over.abort();
      await taken;
      return samples;
    },
  };
}

async function usersOf(server: SupervisedServer, dataDirectory: string): Promise<Users> {
  const ttl = 60 * minutes + 3600;
  const clientOf = (account: string, role: Role) => viewerOf(server, dataDirectory, { account, role, ttl });
  const client = await clientOf('steady', 'owner');
  const { key, secret } = await client.newKey({ name: 'steady' });
  return {
    owners: await Promise.all(Array.from({ length: OWNERS }, (_, index) => clientOf(`owner-${index}`, 'owner'))),
    auditor: await clientOf('auditors', 'auditor'),
    analyst: await clientOf('analysts', 'analyst'),
    steady: { client, keyId: key.keyId, secret },
  };
}
