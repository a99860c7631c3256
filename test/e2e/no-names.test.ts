import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXPORT_FORMATS, EXPORTED_PROJECTIONS } from '../../src/cli/commands/export-projection.js';
import { isTimeZone } from '../../src/domain/analytics/time-zone.js';
import { encode } from '../../src/store/codec.js';
import { SqliteEventStore } from '../../src/store/sqlite/sqlite.js';
import { streamOf } from '../../src/store/streams.js';
import { keyledger } from '../cli/run.js';
import { ask, DISTRIBUTIONS, METRICS, untilAnswered } from '../support/asked-analytics.js';
import { temporaryDirectory } from '../support/cleanup.js';
import type { Client } from '../support/client.js';
import { collect } from '../support/events.js';
import { created, DAY } from '../support/specification.js';
import { openWorld } from '../support/world.js';

const MARKS = {
  name: 'wolpertinger',
  scope: 'elwetritsch',
  idempotencyKey: 'rasselbock',
  subject: 'hanghuhn',
  account: 'dilldapp',
  hint: 'tatzelwurm',
  request: 'jackalopes',
};

/** Creates, rotates with and without an overlap, is refused, uses and deletes keys, and reports a leak. */
async function act(url: string, owner: Client): Promise<void> {
  const input = { name: MARKS.name, scopes: [MARKS.scope] };
  const first = await owner.newKey({ ...input, idempotencyKey: MARKS.idempotencyKey });
  await fetch(`${url}/v1/verify`, { headers: { authorization: `Bearer ${first.secret}` } });
  await owner.rotateKey({ keyId: first.key.keyId, overlapSeconds: 60 });
  await owner.createKey(input);
  await owner.deleteKey(first.key.keyId);
  const second = await owner.newKey({ ...input, expiresAt: new Date(Date.now() + 3_600_000).toISOString() });
  await owner.rotateKey({ keyId: second.key.keyId });
  await owner.deleteKey(second.key.keyId);
}

/** Records a key whose hint is a word: the four characters of a true one may occur anywhere by chance. */
async function recordHint(dataDirectory: string): Promise<void> {
  const store = new SqliteEventStore(join(dataDirectory, 'events.db'));
  const { account, subject: actor, request, name, hint } = MARKS;
  const event = { ...created('x', { name, hint }), version: 1, at: new Date().toISOString(), actor };
  await store.append(streamOf('apiKeys', `${account}-3`), 0, [encode(event, request)]);
  await store.close();
}

/** Everything that must not be found: the inputs, and their form in the log. */
async function secretsIn(dataDirectory: string): Promise<Set<string>> {
  const store = new SqliteEventStore(join(dataDirectory, 'events.db'));
  const events = [...(await collect(store.readAll('apiKeys'))), ...(await collect(store.readAll('apiKeyUsage')))];
  await store.close();
  const held = events.flatMap(({ data, metadata }) => {
    const { keyId, secretHash, replaces, replacedBy } = data as Record<string, string | undefined>;
    return [keyId, secretHash, replaces, replacedBy, String(metadata.correlationId)];
  });
  return new Set([...Object.values(MARKS), 'apiKeys-', ...held.flatMap((value) => value ?? [])]);
}

/** Every answer that an analyst can get, of the year around the present. */
async function answers(analyst: Client): Promise<string[]> {
  const [from, to] = [-183, 183].map((days) => new Date(Date.now() + days * DAY).toISOString());
  const range = `from: "${from}", to: "${to}", interval: MONTH, timeZone: "Europe/Vilnius"`;
  const known = 'position usagePosition at';
  const fields = [
    `totals { ${known} accounts accountsAtLimit activeKeys keysCreated keysUsed createsRefused verifications }`,
    `rotationFunnel { ${known} created rotated }`,
    `accountsAtLimit { ${known} totalCount edges { cursor node { account since until } } pageInfo { startCursor endCursor } }`,
    ...METRICS.map(
      (metric) => `timeSeries(metric: ${metric}, ${range}) { ${known} timeZone points { start end local value } }`,
    ),
    ...DISTRIBUTIONS.map((metric) => `distribution(metric: ${metric}, quantiles: [0.5]) { ${known} min max mean }`),
  ];
  const told = await Promise.all(fields.map((field) => ask<object>(analyst, field)));
  const errors = await analyst.send('{ account { accountId keys { name } } }');
  return [...told.map((answer) => JSON.stringify(answer)), errors.text];
}

it('no answer, nothing in the file and no export holds a name, an actor, an account, a key id, a hash or a hint', async () => {
  expect(isTimeZone('Europe/Vilnius')).toBe(true);
  const dataDirectory = temporaryDirectory();
  await recordHint(dataDirectory);
  const first = await openWorld({ dataDirectory });
  await act(first.url, await first.client({ account: `${MARKS.account}-1`, subject: MARKS.subject }));
  await act(first.url, await first.client({ account: `${MARKS.account}-2`, subject: MARKS.subject }));
  await first.stop();
  const world = await openWorld({ dataDirectory });
  const analyst = await world.client({ role: 'analyst' });
  await untilAnswered(analyst);
  const told = await answers(analyst);
  const secrets = await secretsIn(dataDirectory);
  const exports = await Promise.all(
    EXPORTED_PROJECTIONS.flatMap((projection) =>
      EXPORT_FORMATS.map((format) =>
        keyledger(['export', '--projection', projection, '--format', format], { KEYLEDGER_DATA: dataDirectory }),
      ),
    ),
  );
  expect(exports.filter(({ code, stdout }) => code !== 0 || stdout.length === 0)).toEqual([]);
  const files = readdirSync(dataDirectory).filter((file) => file.startsWith('analytics.db'));
  const places: [string, string | Buffer][] = [
    ...files.map((file): [string, Buffer] => [file, readFileSync(join(dataDirectory, file))]),
    ...told.map((text): [string, string] => ['answer', text]),
    ...exports.map(({ stdout, stderr }): [string, string] => ['export', stdout + stderr]),
  ];
  expect(files).toContain('analytics.db');
  expect(secrets.size).toBeGreaterThan(20);
  for (const secret of secrets) {
    const holders = places.filter(([, content]) => content.includes(secret));
    expect([secret, holders.map(([place]) => place)]).toEqual([secret, []]);
  }
});
