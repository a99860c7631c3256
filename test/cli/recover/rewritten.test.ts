import { join } from 'node:path';
import Database from '../../../src/shared/sqlite.js';
import type { RecordedEvent } from '../../../src/store/event-store.js';
import { streamOf } from '../../../src/store/streams.js';
import { newAccount, temporaryDirectory } from '../../support/cleanup.js';
import { collect } from '../../support/events.js';
import { record } from '../../support/histories.js';
import { removeProjections } from '../../support/projection-files.js';
import { untilClosed, untilProjected } from '../../support/readiness.js';
import { sqliteLog } from '../../support/restorable.js';
import { created } from '../../support/specification.js';
import { openWorld } from '../../support/world.js';
import { here } from '../here.js';

const WARNING = 'Do not accept this before you know who changed it.';

const recover = (dataDirectory: string) => here(['recover'], { KEYLEDGER_DATA: dataDirectory });

/** A log of four events. An export has signed the first one, and another all four. */
async function signedLog() {
  const dataDirectory = temporaryDirectory();
  const account = newAccount();
  const append = async (names: string[], version: number) => {
    const store = sqliteLog(dataDirectory).open();
    for (const [index, name] of names.entries()) await record(store, account, [created(name)], version + index);
    const events = await collect(store.readAll('apiKeys'));
    await store.close();
    expect(await here(['export'], { KEYLEDGER_DATA: dataDirectory })).toMatchObject({ code: 0, stderr: '' });
    return events;
  };
  await append(['a'], 0);
  return { dataDirectory, stream: streamOf('apiKeys', account), events: await append(['b', 'c', 'd'], 1) };
}

/** A log of two events that the projections of the data directory hold. */
async function projectedLog() {
  const dataDirectory = temporaryDirectory();
  const world = await openWorld({ dataDirectory });
  const client = await world.client({});
  const { key } = await client.newKey();
  await client.deleteKey(key.keyId);
  await untilProjected(world);
  await world.stop();
  return { dataDirectory, stream: streamOf('apiKeys', client.account) };
}

function rewrite(dataDirectory: string, sql: string): void {
  const log = new Database(join(dataDirectory, 'events.db'));
  log.exec(sql);
  log.close();
}

const nameOf = ({ position, version, stream }: Pick<RecordedEvent, 'position' | 'version' | 'stream'>) =>
  `  position ${position}: version ${version} of ${stream} (`;

it('names the events that a checkpoint covers and the one before it does not, where nothing else is known of them', async () => {
  const { dataDirectory, stream, events } = await signedLog();
  rewrite(dataDirectory, "UPDATE events SET metadata = replace(metadata, 'owner', 'mallory') WHERE version = 3");
  const exported = await here(['export'], { KEYLEDGER_DATA: dataDirectory });
  expect(exported.stderr).toContain('some were changed, replaced, removed or inserted. `keyledger recover` says which');
  const { code, stdout } = await recover(dataDirectory);
  expect(code).toBe(1);
  expect(stdout).toContain('At least one of these 3 was changed');
  for (const { position, version } of events) {
    expect(stdout.includes(nameOf({ position, version, stream }))).toBe(version > 1);
  }
  expect(stdout).toContain(WARNING);
  expect(stdout).not.toMatch(/missing/i);
});

it.each([
  [
    'was changed',
    "UPDATE events SET metadata = replace(metadata, 'subject', 'mallory'), data = json_set(data, '$.note', 'x') WHERE version = 2",
    'Changed: 1 event',
  ],
  [
    'was changed to what has no canonical form',
    'UPDATE events SET data = replace(data, \'{\', \'{"a":"\\ud800",\') WHERE version = 2',
    'Changed: 1 event',
  ],
  [
    'was replaced by another',
    "UPDATE events SET id = '019bf000-0000-7000-8000-000000000001' WHERE version = 2",
    'Cannot be put back: 1 event',
  ],
])('names the one event that %s, where the history knows it, and says nothing of missing events', async (_how, sql, line) => {
  const { dataDirectory, stream } = await projectedLog();
  rewrite(dataDirectory, sql);
  const { code, stdout } = await recover(dataDirectory);
  expect(code).toBe(1);
  expect(stdout).toContain(`${line}\n${nameOf({ position: 2, version: 2, stream })}`);
  expect(stdout).not.toContain(nameOf({ position: 1, version: 1, stream }));
  expect(stdout).toContain(WARNING);
  expect(stdout).not.toMatch(/missing/i);
});

it('speaks of missing events, and of no changed ones, where the log is only shorter', async () => {
  const { dataDirectory } = await signedLog();
  rewrite(dataDirectory, 'DELETE FROM events WHERE version > 2');
  const exported = await here(['export'], { KEYLEDGER_DATA: dataDirectory });
  expect(exported.stderr).toContain('it lacks at least 2 events');
  const { code, stdout } = await recover(dataDirectory);
  expect(code).toBe(1);
  expect(stdout).toContain('Missing: at least 2 events.');
  expect(stdout).toContain('Events are still missing');
  expect(stdout).not.toMatch(/changed/i);
});

it('names an event that was inserted before a known one', async () => {
  const { dataDirectory, stream } = await projectedLog();
  rewrite(
    dataDirectory,
    `UPDATE events SET position = 3 WHERE version = 2;
     INSERT INTO events (position, category, stream, version, id, type, schemaVersion, data, metadata)
     SELECT 2, category, stream || 'x', 1, '019bf000-0000-7000-8000-000000000001', type, schemaVersion, data, metadata
     FROM events WHERE version = 1`,
  );
  const { stdout } = await recover(dataDirectory);
  expect(stdout).toContain(`before known events: 1 event\n${nameOf({ position: 2, version: 1, stream: `${stream}x` })}`);
  expect(stdout).toContain(WARNING);
});

it('the log of the server promises no list, warns, and says nothing of missing events after a recovery', async () => {
  const { dataDirectory } = await signedLog();
  rewrite(dataDirectory, "UPDATE events SET metadata = replace(metadata, 'owner', 'mallory') WHERE version = 3");
  const world = await openWorld({ dataDirectory, unready: true });
  const message = await untilClosed(world);
  await world.stop();
  expect(message).toContain('as far as this data directory knows');
  expect(message).toContain(WARNING);
  removeProjections(dataDirectory);
  await recover(dataDirectory);
  const again = await openWorld({ dataDirectory, unready: true });
  const marked = await untilClosed(again);
  await again.stop();
  expect(marked).toContain('lacked events, or some were changed');
  expect(marked).not.toContain('--accept-loss');
});

it('warns of a log without any known event: it may be another one, or all of it was rewritten', async () => {
  const { dataDirectory } = await projectedLog();
  rewrite(dataDirectory, "UPDATE events SET id = printf('019bf000-0000-7000-8000-%012d', position)");
  const refused = await here(['export'], { KEYLEDGER_DATA: dataDirectory });
  expect(refused).toMatchObject({ code: 1, stdout: '' });
  expect(refused.stderr).toMatch(/^keyledger: This is another event log: .* Set KEYLEDGER_DATA and KEYLEDGER_STORE to/);
  expect(refused.stderr).toContain(WARNING);
  const { code, stdout } = await recover(dataDirectory);
  expect(code).toBe(1);
  expect(stdout).toContain('Cannot be put back: 2 events');
  expect(stdout).toContain(
    'The log holds none of the events that this data directory knows: check KEYLEDGER_DATA and KEYLEDGER_STORE',
  );
  expect(stdout).toContain(WARNING);
});
