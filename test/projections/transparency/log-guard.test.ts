import { getEventListeners } from 'node:events';
import { join } from 'node:path';
import { createLog } from '../../../src/observability/log.js';
import { auditProjections } from '../../../src/projections/all-projections.js';
import { openProjections } from '../../../src/projections/engine/database.js';
import { ProjectionRunner } from '../../../src/projections/engine/runner.js';
import { CheckpointFile } from '../../../src/projections/transparency/checkpoint-file.js';
import { guardLog } from '../../../src/projections/transparency/guarded-log.js';
import { DATA_FILE } from '../../../src/shared/data-files.js';
import { type Category, type RecordedEvent, StoreUnavailable } from '../../../src/store/event-store.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { cleanUpLater, temporaryDirectory } from '../../support/cleanup.js';
import { eventsIn, exportedFrom, noteFor, recordTurns } from '../../support/exports.js';
import { PausedLeader, StoreDouble } from '../../support/store-doubles.js';

/** A store whose answers can be made to wait forever. */
class SilentStore extends StoreDouble {
  isSilent = false;

  override async *readAll(): AsyncGenerator<RecordedEvent[]> {
    if (this.isSilent) await new Promise(() => {});
    yield* this.store.readAll('apiKeys');
  }
}

const emptyStore = () => new StoreDouble(new SqliteEventStore(':memory:'));

/** A store that answers to whoever reads the log as of before something that happens meanwhile. */
class LateAnswers extends StoreDouble {
  meanwhile: (() => Promise<unknown>) | undefined;

  override async *readAll(category: Category, after?: number): AsyncGenerator<RecordedEvent[]> {
    const pages: RecordedEvent[][] = [];
    for await (const page of super.readAll(category, after)) pages.push(page);
    const { meanwhile } = this;
    this.meanwhile = undefined;
    await meanwhile?.();
    yield* pages;
  }
}

/** A store that names its last event, and counts how often its streams are read. */
class NamingStore extends StoreDouble {
  last = 'first event';
  reads = 0;
  isEmptied = false;

  async lastEvent(): Promise<string> {
    return this.last;
  }

  override read(stream: string, after?: number): AsyncIterable<RecordedEvent[]> {
    this.reads += 1;
    return super.read(this.isEmptied ? 'apiKeys-nobody' : stream, after);
  }

  override readAll(category: Category, after?: number): AsyncIterable<RecordedEvent[]> {
    return super.readAll(category, this.isEmptied ? Number.MAX_SAFE_INTEGER : after);
  }
}

async function openGuard<S extends StoreDouble>(store: S, holds?: number) {
  const dataDirectory = temporaryDirectory();
  const log = createLog('silent');
  const audit = await openProjections(join(dataDirectory, 'projections.db'), log, auditProjections);
  cleanUpLater(() => store.close());
  cleanUpLater(() => audit.database.close());
  const treeRunner = new ProjectionRunner({ ...audit, store, projection: audit.projections.transparency, log });
  treeRunner.start();
  cleanUpLater(() => treeRunner.stop());
  await treeRunner.caughtUp;
  const { guard } = guardLog({
    dataDirectory,
    store,
    ...audit,
    treeRunner,
    staleness: 10_000,
    seed: undefined,
    log,
    ...(holds !== undefined && { holds }),
  });
  await guard.confirm();
  await guard.opened;
  const checkpoints = new CheckpointFile(join(dataDirectory, DATA_FILE.checkpoints));
  return { guard, checkpoints };
}

it('leaves no listener on the signal of a writer, which lives as long as the process', async () => {
  const { guard } = await openGuard(emptyStore());
  const { signal } = new AbortController();
  for (let round = 0; round < 3; round += 1) {
    guard.doubt();
    await guard.requireTrusted(signal);
  }
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

it('waits no longer for the log than its caller', async () => {
  const store = new SilentStore(emptyStore());
  const { guard } = await openGuard(store);
  store.isSilent = true;
  guard.doubt();
  const early = new AbortController();
  const trusted = guard.requireTrusted(early.signal);
  early.abort();
  await expect(trusted).rejects.toBeInstanceOf(StoreUnavailable);
  await expect(guard.requireTrusted(AbortSignal.abort())).rejects.toBeInstanceOf(StoreUnavailable);
});

it('takes no log for a shorter one on the word of a former leader', async () => {
  const store = new PausedLeader(emptyStore());
  await recordTurns(store, ['a', 'b']);
  const { guard } = await openGuard(store);
  store.lacks = 'apiKeys-b';
  await guard.confirm();
  expect(guard.mismatch()).toBeUndefined();
  expect(store.lacks).toBeUndefined();
});

it('takes a checkpoint of events that were appended while it read the log for none of lost ones', async () => {
  const store = new LateAnswers(emptyStore());
  const { guard, checkpoints } = await openGuard(store);
  store.meanwhile = async () => {
    await recordTurns(store, ['a', 'b']);
    const other = new SqliteEventStore(':memory:');
    await recordTurns(other, ['a', 'b']);
    await checkpoints.keep(noteFor(eventsIn(await exportedFrom(other)), 2));
  };
  await guard.confirm();
  expect(store.meanwhile).toBeUndefined();
  expect(guard.mismatch()).toBeUndefined();
});

describe('on a store that names its last event', () => {
  async function openNaming(holds?: number) {
    const store = new NamingStore(emptyStore());
    await recordTurns(store, ['a', 'b']);
    const opened = await openGuard(store, holds);
    // The name is asked for once the log is trusted.
    await opened.guard.confirm();
    const readsOf = async (change: () => unknown) => {
      await change();
      const before = store.reads;
      await opened.guard.confirm();
      return store.reads - before;
    };
    return { store, ...opened, readsOf };
  }

  it('compares the log again only after something was written', async () => {
    const { store, guard, readsOf } = await openNaming();
    expect(await readsOf(() => {})).toBe(0);
    store.last = 'second event';
    expect(await readsOf(() => {})).toBeGreaterThan(0);
    expect(await readsOf(() => {})).toBe(0);
    expect(guard.isOpen()).toBe(true);
  });

  it('compares it again once the last comparison no longer holds', async () => {
    const { readsOf } = await openNaming(0);
    for (let look = 0; look < 2; look += 1) expect(await readsOf(() => {})).toBeGreaterThan(0);
  });

  it('compares it again after the connection was lost, and after a checkpoint of another log was kept', async () => {
    const { guard, checkpoints, readsOf } = await openNaming();
    expect(await readsOf(() => guard.doubt())).toBeGreaterThan(0);
    const other = new SqliteEventStore(':memory:');
    await recordTurns(other, ['a', 'b']);
    await checkpoints.keep(noteFor(eventsIn(await exportedFrom(other)), 2));
    for (let look = 0; look < 2; look += 1) await expect(guard.confirm()).rejects.toThrow('another event log');
  });

  it('compares a log that was found wrong each time', async () => {
    const { store, guard } = await openNaming();
    store.isEmptied = true;
    store.last = 'second event';
    for (let look = 0; look < 2; look += 1) await expect(guard.confirm()).rejects.toThrow('lacks');
    store.isEmptied = false;
    await guard.confirm();
    expect(guard.mismatch()).toBeUndefined();
  });
});
