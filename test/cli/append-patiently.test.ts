import { appendPatiently } from '../../src/cli/append-patiently.js';
import { type NewEvent, OutcomeUnknown, type RecordedEvent, VersionConflict } from '../../src/store/event-store.js';
import { SqliteEventStore } from '../../src/store/sqlite/sqlite.js';
import { cleanUpLater } from '../support/cleanup.js';
import { collect, idsOf } from '../support/events.js';
import { record } from '../support/histories.js';
import { created } from '../support/specification.js';
import { StoreDouble } from '../support/store-doubles.js';

/** A store that leaves appends without an answer, the first few, or those that others have made before. */
class Silent extends StoreDouble {
  /** How many appends it still leaves without an answer. */
  silent = 0;
  /** Appends the same events in another process. */
  isSecond = false;

  override async append(stream: string, version: number, events: NewEvent[], signal?: AbortSignal): Promise<number> {
    if (this.isSecond) await this.store.append(stream, version, events, signal);
    if (this.silent === 0) return this.store.append(stream, version, events, signal);
    this.silent -= 1;
    throw new OutcomeUnknown();
  }
}

/** What is said on standard error from now on, until the test ends. */
function heard(): string[] {
  const lines: string[] = [];
  const { write } = process.stderr;
  Object.assign(process.stderr, { write: (line: string) => lines.push(line) > 0 });
  cleanUpLater(() => void Object.assign(process.stderr, { write }));
  return lines;
}

let run: [RecordedEvent, ...RecordedEvent[]];
beforeAll(async () => {
  const log = new SqliteEventStore(':memory:');
  await record(log, 'a', [created('a'), created('b')]);
  const [first, ...others] = await collect(log.readAll('apiKeys'));
  if (!first) throw new Error('There is no event.');
  run = [first, ...others];
  await log.close();
});

function openSilent(): Silent {
  const store = new Silent(new SqliteEventStore(':memory:'));
  cleanUpLater(() => store.close());
  return store;
}

it('is done when another process has appended the same events, although the store has not answered', async () => {
  const [store, lines] = [openSilent(), heard()];
  Object.assign(store, { silent: Number.POSITIVE_INFINITY, isSecond: true });
  await appendPatiently(store, run);
  expect(idsOf(await collect(store.readAll('apiKeys')))).toEqual(idsOf(run));
  expect(lines).toEqual([]);
});

it('says that the store does not answer, and appends when it does again', async () => {
  const [store, lines] = [openSilent(), heard()];
  store.silent = 2;
  await appendPatiently(store, run);
  expect(idsOf(await collect(store.readAll('apiKeys')))).toEqual(idsOf(run));
  expect(lines).toEqual(['keyledger: The event store does not answer. Waiting for it.\n']);
});

it('tells of other events in their places', async () => {
  const store = openSilent();
  await record(store, 'a', [created('c')]);
  await expect(appendPatiently(store, run)).rejects.toBeInstanceOf(VersionConflict);
});
