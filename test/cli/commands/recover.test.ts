import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { checkpointIn, notesIn } from '../../../src/domain/transparency/note-file.js';
import { ORIGINS_STREAM } from '../../../src/projections/transparency/origins.js';
import Database from '../../../src/shared/sqlite.js';
import { encode } from '../../../src/store/codec.js';
import type { EventStore, RecordedEvent } from '../../../src/store/event-store.js';
import { streamOf } from '../../../src/store/streams.js';
import { hasEnded } from '../../support/child.js';
import { newAccount, temporaryDirectory } from '../../support/cleanup.js';
import { collect, followUntil } from '../../support/events.js';
import { fileOf } from '../../support/exports.js';
import { eventsOfAccount, record } from '../../support/histories.js';
import { firstUnlessLong, itWhenLong } from '../../support/long.js';
import { removeProjections } from '../../support/projection-files.js';
import { untilClosed, untilProjected } from '../../support/readiness.js';
import { RESTORABLE, type RestorableLog, removeLog, sqliteLog } from '../../support/restorable.js';
import { created } from '../../support/specification.js';
import { eventsOf } from '../../support/store-doubles.js';
import { type HeldKey, statusOf } from '../../support/verify.js';
import { openWorld } from '../../support/world.js';
import { here } from '../here.js';
import { COMMAND, keyledger, type Outcome } from '../run.js';

function start({ dataDirectory, env }: Pick<RestorableLog, 'dataDirectory' | 'env'>, unready = false) {
  return openWorld({ dataDirectory, env, unready });
}

function settingsOf({ dataDirectory, env }: Pick<RestorableLog, 'dataDirectory' | 'env'>): Record<string, string> {
  return { ...env, KEYLEDGER_DATA: dataDirectory };
}

function recover(log: RestorableLog, ...args: string[]): Promise<Outcome> {
  return here(['recover', ...args], settingsOf(log));
}

/** Runs the command in a process of its own, beside services that run. */
function recoverAside(log: RestorableLog, ...args: string[]): Promise<Outcome> {
  return keyledger(['recover', ...args], settingsOf(log));
}

async function onLog<T>(log: RestorableLog, work: (store: EventStore) => Promise<T>): Promise<T> {
  const store = log.open();
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** The events of the keys' streams; with positions only if the store keeps them, and without the times at which it wrote them. */
async function contentOf(log: RestorableLog): Promise<object[]> {
  const events = await onLog(log, (store) => collect(store.readAll('apiKeys')));
  return isSqlite(log) ? events : events.map(({ position: _, committedAt: __, ...event }) => event);
}

function isSqlite({ env }: RestorableLog): boolean {
  return env.KEYLEDGER_STORE === undefined;
}

function notesOf({ dataDirectory }: RestorableLog): string[] {
  return notesIn(readFileSync(join(dataDirectory, 'checkpoints'), 'utf8'));
}

interface Lost {
  /** A key whose deletion is missing from the log. */
  deleted: HeldKey;
  /** A key to which nothing happened. */
  living: HeldKey;
  /** A key that was created after the kept state. */
  late: HeldKey;
  /** What the log held before. */
  before: object[];
  account: string;
}

/** Keeps a log; then deletes a key and goes on, which `putBack` loses. All of it is covered by a checkpoint. */
async function lose(log: RestorableLog): Promise<Lost> {
  const first = await start(log);
  const client = await first.client({});
  const [deleted, living] = [await client.newKey(), await client.newKey()];
  await untilProjected(first);
  await first.stop();
  await log.keep();
  const second = await start(log);
  const { account } = client;
  await (await second.client({ account })).deleteKey(deleted.key.keyId);
  const late = await (await second.client({})).newKey();
  await untilProjected(second);
  await second.stop();
  const before = await contentOf(log);
  return { deleted, living, late, before, account };
}

/** The result of `verify-log` for the present log, with these public keys and checkpoints. */
async function verifyLog(log: RestorableLog, publicKeys: string[], notes: string[] = []): Promise<Outcome> {
  const { stdout: history } = await here(['export'], settingsOf(log));
  const checkpoints = notes.length > 0 ? ['--checkpoint', fileOf(notes.map((note) => `${note}\n`).join(''))] : [];
  return here(['verify-log', fileOf(history), '--public-key', fileOf(publicKeys.join('')), ...checkpoints]);
}

async function publicKeyOf(log: RestorableLog): Promise<string> {
  return (await here(['log-key'], settingsOf(log))).stdout;
}

describe.each(firstUnlessLong(RESTORABLE))('of a log on %s that was put back to what it was', (_name, make, it) => {
  let log: RestorableLog;
  let lost: Lost;
  const closed = join(temporaryDirectory(), 'closed');
  beforeAll(async () => {
    log = await make();
    lost = await lose(log);
    cpSync(log.dataDirectory, closed, { recursive: true, verbatimSymlinks: true });
  });
  beforeEach(async () => {
    rmSync(log.dataDirectory, { recursive: true });
    cpSync(closed, log.dataDirectory, { recursive: true, verbatimSymlinks: true });
    await log.putBack();
  });
  afterAll(() => log.end());

  it('the history puts back all that is missing, so that every kept checkpoint holds, and a process that runs opens', async () => {
    const { deleted, living, late, before } = lost;
    const kept = notesOf(log);
    const running = await start(log, true);
    await untilClosed(running);
    const { code, stdout } = await recoverAside(log);
    expect(stdout).toMatch(/^Put back: 2 events.*\nThe log holds 4 events, root .*\nThe log is complete/);
    expect(code).toBe(0);
    await running.app.ready;
    for (const [key, status] of [
      [deleted, 401],
      [living, 200],
      [late, 200],
    ] as const) {
      expect(await statusOf(running, key)).toBe(status);
    }
    await running.stop();
    expect(await contentOf(log)).toEqual(before);
    const verified = await verifyLog(log, [await publicKeyOf(log)], kept);
    expect(verified).toMatchObject({ code: 0, stdout: expect.stringContaining('4 events of 2 accounts') });
    expect(await recover(log)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Nothing is missing: the log holds 4 events/),
    });
    expect(await contentOf(log)).toEqual(before);
  });

  it('what went on otherwise cannot be put back, and is listed; until the loss is accepted, the process stays closed', async () => {
    const { deleted, living, late, account } = lost;
    const [oldKey, oldNotes] = [await publicKeyBefore(log), notesOf(log)];
    // Another machine, which did not know the missing events, has written further ones.
    const data = { keyId: living.key.keyId, expiresAt: '2999-01-01T00:00:00.000Z' };
    const other = { type: 'KeyExpirySet' as const, data, version: 3, at: new Date().toISOString(), actor: 'somebody' };
    await onLog(log, (store) => store.append(streamOf('apiKeys', account), 2, [encode(other, 'none')]));

    const tried = await recover(log);
    expect(tried.stdout).toMatch(
      new RegExp(
        `^Cannot be put back: 1 event\\n {2}position \\d+: version 3 of ${streamOf('apiKeys', account)} \\(KeyDeleted`,
        'm',
      ),
    );
    expect(tried.code).toBe(1);
    const closed = await start(log, true);
    await untilClosed(closed);
    expect(await statusOf(closed, deleted)).toBe(503);
    await closed.stop();

    const accepted = await recoverAside(log, '--accept-loss');
    expect(accepted.stdout).toContain(`deleted ${deleted.key.keyId} of account ${account}`);
    expect(accepted.code).toBe(0);
    expect(await recover(log, '--accept-loss')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Nothing is missing/),
    });

    const opened = await start(log);
    for (const [key, status] of [
      [deleted, 401],
      [living, 200],
      [late, 200],
    ] as const) {
      expect(await statusOf(opened, key)).toBe(status);
    }
    const newest = await untilSigned(log, oldNotes.length);
    await opened.stop();
    const last = checkpointIn(oldNotes.at(-1) ?? '');
    const next = checkpointIn(newest);
    expect(next.origin).toMatch(new RegExp(`^${last.origin}/[0-9a-f-]{36}$`));
    expect(next.previous).toEqual({ origin: last.origin, size: last.size, root: last.root });
    expect(
      notesOf(log)
        .slice(oldNotes.length)
        .map((note) => checkpointIn(note).origin),
    ).toEqual(expect.not.arrayContaining([last.origin]));
    // The lost events are kept in a file, since the history no longer holds them.
    const [kept = ''] = readdirSync(log.dataDirectory).filter((name) => name.startsWith('lost-'));
    expect(JSON.parse(readFileSync(join(log.dataDirectory, kept), 'utf8'))).toMatchObject({ type: 'KeyDeleted', version: 3 });

    const keys = [oldKey, await publicKeyOf(log)];
    const [first = ''] = oldNotes;
    expect(await verifyLog(log, keys, [first, newest])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(next.origin),
    });
    const refused = await verifyLog(log, keys, [oldNotes.at(-1) ?? '']);
    expect(refused).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/NOT PROVED: .*continues as .* since events were lost/),
    });
  });

  it('a recovery that is killed goes on when it is run again', async () => {
    expect(await recover(log)).toMatchObject({ code: 0 });
    await onLog(log, (store) => recordInTurn(store, 300));
    const filled = await start(log);
    await untilProjected(filled);
    await filled.stop();
    const before = await contentOf(log);
    await log.putBack();
    await killed(log, ['recover'], isMarked);
    for (const size of [5, 150]) await killed(log, ['recover'], (store) => followUntil(store, 0, size));
    expect(await recoverAside(log)).toMatchObject({ code: 0 });
    expect(await contentOf(log)).toEqual(before);
    const again = await start(log);
    await again.stop();
  });
});

function loseHistory({ dataDirectory }: RestorableLog): void {
  const database = new Database(join(dataDirectory, 'projections.db'));
  database.exec("DELETE FROM history_5; DELETE FROM positions_1 WHERE projection = 'history_5'");
  database.close();
}

/** The public key from before the loss. The log still begins with the same event. */
async function publicKeyBefore(log: RestorableLog): Promise<string> {
  const marks = ['keys.db', 'projections.db'].map((name) => join(log.dataDirectory, name));
  for (const mark of marks) renameSync(mark, `${mark}.aside`);
  const key = await publicKeyOf(log);
  for (const mark of marks) renameSync(`${mark}.aside`, mark);
  return key;
}

/** Waits until there is a further note, and returns the last one. */
async function untilSigned(log: RestorableLog, before: number): Promise<string> {
  for (;;) {
    const notes = notesOf(log);
    if (notes.length > before) return notes.at(-1) ?? '';
    await delay(20);
  }
}

/** Appends events of some accounts, five at a time, one append after another, so that EventStoreDB keeps their order. */
async function recordInTurn(store: EventStore, count: number): Promise<void> {
  const accounts = Array.from({ length: 30 }, () => ({ stream: streamOf('apiKeys', newAccount()), events: eventsOfAccount() }));
  for (let version = 0; version < count / accounts.length; version += 5) {
    for (const { stream, events } of accounts) {
      await store.append(
        stream,
        version,
        Array.from({ length: 5 }, () => events.next().value),
      );
    }
  }
}

/** Resolves when something has happened in the log or its data directory, or when the command has ended. */
type Moment = (store: EventStore, log: RestorableLog, hasEnded: () => boolean) => Promise<unknown>;

function when(hasHappened: (store: EventStore, log: RestorableLog) => boolean | Promise<boolean>): Moment {
  return async (store, log, hasEnded) => {
    while (!hasEnded() && !(await hasHappened(store, log))) await delay(10);
  };
}

/** The recovery has closed the data directory, and has put nothing back yet. */
const isMarked = when((_, { dataDirectory }) => existsSync(join(dataDirectory, 'restored')));

/** Runs the command, and kills it at that moment. */
async function killed(log: RestorableLog, args: string[], moment: Moment): Promise<void> {
  const env = { PATH: process.env.PATH, ...settingsOf(log) };
  // Opened before the command can lock it.
  await onLog(log, async (store) => {
    const child = spawn(process.execPath, [COMMAND, ...args], { env, stdio: 'ignore' });
    const exit = once(child, 'exit');
    await moment(store, log, () => hasEnded(child));
    child.kill('SIGKILL');
    await exit;
  });
}

describe('on SQLite', () => {
  let lost: Lost & { dataDirectory: string };
  beforeAll(async () => {
    const log = sqliteLog();
    lost = { ...(await lose(log)), dataDirectory: log.dataDirectory };
    await log.putBack();
  });

  /** A copy of a log that has lost the deletion of a key and everything after it. */
  function losing(): { log: RestorableLog } & Lost {
    const log = sqliteLog();
    cpSync(lost.dataDirectory, log.dataDirectory, { recursive: true, verbatimSymlinks: true });
    return { ...lost, log };
  }

  itWhenLong('what was accepted is accepted once, however often it was broken off', async () => {
    const { log, deleted, account } = losing();
    await onLog(log, (store) => record(store, account, [created('x')], 2));
    const MOMENTS = [
      isMarked,
      when(() => readdirSync(log.dataDirectory).some((name) => name.startsWith('lost-'))),
      when(async (store) => (await eventsOf(store, streamOf('apiKeys', account))).some(({ type }) => type === 'KeyDeleted')),
      when(async (store) => (await eventsOf(store, ORIGINS_STREAM)).length > 0),
    ];
    for (const moment of MOMENTS) await killed(log, ['recover', '--accept-loss'], moment);
    expect(await recoverAside(log, '--accept-loss')).toMatchObject({ code: 0 });
    await onLog(log, async (store) => {
      expect(await eventsOf(store, ORIGINS_STREAM)).toHaveLength(1);
      const deletions = (await eventsOf(store, streamOf('apiKeys', account))).filter(({ type }) => type === 'KeyDeleted');
      expect(deletions).toMatchObject([
        { data: { keyId: deleted.key.keyId, reason: 'REQUESTED' }, metadata: { actor: 'system:recovery' } },
      ]);
    });
  });

  it('the keys alone tell which were deleted, where the history is lost', async () => {
    const { log, deleted, living, late } = losing();
    loseHistory(log);
    expect(await recover(log)).toMatchObject({ code: 1, stdout: expect.stringMatching(/^Put back: 0 events/) });
    expect(await recover(log, '--accept-loss')).toMatchObject({ code: 0 });
    const world = await start(log);
    expect(await statusOf(world, deleted)).toBe(401);
    expect(await statusOf(world, living)).toBe(200);
    expect(await statusOf(world, late)).toBe(401);
  });

  itWhenLong('an earlier end of a key is set again, where a rotation with an overlap is lost', async () => {
    const log = sqliteLog();
    const world = await start(log);
    const client = await world.client({});
    const old = await client.newKey();
    await log.keep();
    await client.rotateKey({ keyId: old.key.keyId, overlapSeconds: 3600 });
    await untilProjected(world);
    await world.stop();
    const rows = new Database(join(log.dataDirectory, 'keys.db'), { readonly: true });
    const end = rows.prepare('SELECT expiresAt FROM keys_5 WHERE keyId = ?').pluck().get(old.key.keyId);
    rows.close();
    loseHistory(log);
    await log.putBack();
    expect(await recover(log, '--accept-loss')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`${old.key.keyId} expires at`),
    });
    await onLog(log, async (store) => {
      const [, set] = await eventsOf(store, streamOf('apiKeys', client.account));
      expect(set).toMatchObject({ type: 'KeyExpirySet', data: { expiresAt: new Date(Number(end)).toISOString() } });
    });
  });

  itWhenLong('a key is disabled and its account frozen again, where that is lost', async () => {
    const log = sqliteLog();
    const world = await start(log);
    const client = await world.client({});
    const held = await client.newKey();
    await log.keep();
    await client.disableKey({ keyId: held.key.keyId });
    const operator = await world.client({ role: 'operator' });
    const freeze = `mutation { freezeAccount(input: { accountId: "${client.account}" }) { __typename } }`;
    expect((await operator.send(freeze)).errors).toBeUndefined();
    await untilProjected(world);
    await world.stop();
    loseHistory(log);
    await log.putBack();
    const { code, stdout } = await recover(log, '--accept-loss');
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining(`disabled ${held.key.keyId}`) });
    await onLog(log, async (store) => {
      const events = await eventsOf(store, streamOf('apiKeys', client.account));
      expect(events.map(({ type }) => type)).toEqual(['KeyCreated', 'KeyDisabled', 'AccountFrozen']);
    });
    const again = await start(log);
    expect(await statusOf(again, held)).toBe(401);
    expect(await (await again.client({ account: client.account })).readAccount()).toMatchObject({
      canCreateKey: false,
      keys: [{ status: 'DISABLED' }],
    });
  });

  itWhenLong(
    'events whose places were taken since go to the end, in their order, and every kept checkpoint holds',
    async () => {
      const { log, deleted, before } = losing();
      await onLog(log, (store) => store.append('apiKeyReads-somebody', 0, [readEvent]));
      const { code, stdout } = await recover(log);
      expect({ code, stdout }).toEqual({
        code: 0,
        stdout: expect.stringMatching(/^Put back: 2 events, 2 of them at new positions/),
      });
      const [places, old] = [await contentOf(log), before].map((events) => events.map((event) => ({ ...event, position: 0 })));
      expect(places).toEqual(old);
      const world = await start(log);
      expect(await statusOf(world, deleted)).toBe(401);
      expect((await world.client({})).url).toBe(world.url);
    },
  );

  itWhenLong('events that were removed from within a stream are put back, at their places', async () => {
    const log = sqliteLog();
    const world = await start(log);
    const client = await world.client({});
    const held = await client.newKey();
    await client.deleteKey(held.key.keyId);
    await client.newKey();
    await untilProjected(world);
    await world.stop();
    const before = await contentOf(log);
    const operator = new Database(join(log.dataDirectory, 'events.db'));
    operator.exec('DELETE FROM events WHERE version = 2');
    operator.close();
    expect(await recover(log)).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Put back: 1 event\./) });
    expect(await contentOf(log)).toEqual(before);
  });

  itWhenLong('no event is put back behind one that the log never had before', async () => {
    const log = sqliteLog();
    const world = await start(log);
    const client = await world.client({});
    const { key } = await client.newKey();
    await untilProjected(world);
    await log.keep();
    await client.deleteKey(key.keyId);
    await client.newKey();
    await untilProjected(world);
    await world.stop();
    await log.putBack();
    await onLog(log, (store) => record(store, client.account, [created('x')], 1));
    const other = await contentOf(log);
    expect(await recover(log)).toMatchObject({ code: 1, stdout: expect.stringContaining('Cannot be put back: 2 events') });
    expect(await contentOf(log)).toEqual(other);
  });

  it('events that were changed are named', async () => {
    const { log, before } = losing();
    const operator = new Database(join(log.dataDirectory, 'events.db'));
    operator.exec(`UPDATE events SET data = json_set(data, '$.name', 'another') WHERE position = 1`);
    operator.close();
    const { id } = before[0] as RecordedEvent;
    const { code, stdout } = await recover(log);
    expect(stdout).toMatch(new RegExp(`^Changed: 1 event\\n {2}position 1: version 1 of .*id ${id}`, 'm'));
    expect(code).toBe(1);
  });

  itWhenLong(
    'a log that was put back to before a loss was accepted is not worked with, and its first name is never signed under again',
    async () => {
      const { log } = losing();
      await log.keep();
      expect(await recover(log, '--accept-loss')).toMatchObject({ code: 0 });
      const kept = notesOf(log).length;
      const signed = await start(log);
      await untilSigned(log, kept);
      await signed.stop();
      const names = (notes: string[]) => new Set(notes.map((note) => checkpointIn(note).origin));
      const [first] = names(notesOf(log));
      await log.putBack();
      removeProjections(log.dataDirectory);
      const closed = await start(log, true);
      expect(await untilClosed(closed)).toMatch(/lacks the record of the origin/);
      await closed.stop();
      const before = notesOf(log).length;
      expect(await recover(log, '--accept-loss')).toMatchObject({ code: 0 });
      const opened = await start(log);
      await (await opened.client({})).newKey();
      await untilSigned(log, before);
      await opened.stop();
      expect(names(notesOf(log).slice(before))).not.toContain(first);
      expect(names(notesOf(log)).size).toBe(3);
    },
  );

  itWhenLong(
    'another log is taken for the right one on request, under a name of its own that follows the old one',
    async () => {
      const { log, account } = losing();
      const last = checkpointIn(notesOf(log).at(-1) ?? '');
      removeLog(log.dataDirectory);
      await onLog(log, (store) => record(store, account, [created('x')]));
      const other = await contentOf(log);
      expect(await recover(log)).toMatchObject({ code: 1, stdout: expect.stringMatching(/^Put back: 0 events/) });
      expect(await contentOf(log)).toEqual(other);
      expect(await recover(log, '--accept-loss')).toMatchObject({ code: 0 });
      const before = notesOf(log).length;
      const world = await start(log);
      const newest = checkpointIn(await untilSigned(log, before));
      expect(newest).toMatchObject({ size: expect.any(Number), previous: { origin: last.origin, size: last.size } });
      expect(newest.origin.startsWith(last.origin)).toBe(false);
      await world.stop();
    },
  );

  it.each([[[]], [['--accept-loss']]])(
    'run three times at once, one does it, and the others find nothing missing: %j',
    async (args) => {
      const { log, before } = losing();
      const outcomes = await Promise.all([1, 2, 3].map(() => recoverAside(log, ...args)));
      const said = outcomes.map(({ code, stdout }) => `${code}: ${stdout.split(/[:.]/)[0]}`);
      expect(said.sort()).toEqual(['0: Nothing is missing', '0: Nothing is missing', '0: Put back']);
      expect(await contentOf(log)).toEqual(before);
    },
  );

  it('says that nothing is missing where nothing is, and that there is nothing where there is no data directory', async () => {
    const log = sqliteLog();
    const world = await start(log);
    await (await world.client({})).newKey();
    await world.stop();
    for (const args of [[], ['--accept-loss']]) {
      expect(await recover(log, ...args)).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/^Nothing is missing: the log holds 1 event,/),
      });
    }
    await onLog(log, async (store) => expect(await eventsOf(store, ORIGINS_STREAM)).toEqual([]));
    const nowhere = join(log.dataDirectory, 'nowhere');
    expect(await here(['recover'], { KEYLEDGER_DATA: nowhere })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(nowhere),
    });
    expect(existsSync(nowhere)).toBe(false);
  });

  it('a note that is no checkpoint stands in nobody’s way', async () => {
    const { log, deleted } = losing();
    appendFileSync(join(log.dataDirectory, 'checkpoints'), 'not a checkpoint\n\n— somebody AAAA\n\n');
    expect(await recover(log)).toMatchObject({ code: 0 });
    writeFileSync(
      join(log.dataDirectory, 'checkpoints'),
      notesOf(log)
        .slice(0, -1)
        .map((note) => `${note}\n`)
        .join(''),
    );
    const world = await start(log);
    expect(await statusOf(world, deleted)).toBe(401);
  });
});

const readEvent = {
  id: '019bf000-0000-7000-8000-000000000001',
  type: 'HistoryRead',
  schemaVersion: 1,
  data: { what: 'events', filter: {}, times: 1 },
  metadata: { at: '2026-01-01T00:00:00.000Z', actor: 'somebody', correlationId: 'none' },
};
