import { ClockGuard } from '../../../src/commands/keys/clock-guard.js';
import { LEAK_REPORT_ACTOR } from '../../../src/domain/keys/model.js';
import { hashSecret, newKeyMaterial } from '../../../src/domain/keys/secret.js';
import { NotCaughtUp } from '../../../src/projections/engine/caught-up.js';
import { decode } from '../../../src/store/codec.js';
import { LogMismatch, LogSealed, type NewEvent, OutcomeUnknown, StoreUnavailable } from '../../../src/store/event-store.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { streamOf } from '../../../src/store/streams.js';
import { newAccount } from '../../support/cleanup.js';
import { type CommandsOptions, late, openCommands, ownerOf, PatientSearches } from '../../support/commands.js';
import { record } from '../../support/histories.js';
import { untilMidway } from '../../support/midway.js';
import { at, created, deleted, disabled, frozen, id, START } from '../../support/specification.js';
import { eventsOf, StoreDouble } from '../../support/store-doubles.js';

const NOW = START + 1000;

/** The commands of an owner whose account has made a key already. */
async function withKey(options: CommandsOptions = {}) {
  const log = new SqliteEventStore(':memory:');
  const commands = openCommands({ log, clock: () => NOW, ...options });
  const account = newAccount();
  const made = await commands.owner.create(ownerOf(account), { name: 'a key', scopes: ['read'] });
  const last = async () => (await eventsOf(log, streamOf('apiKeys', account))).map(decode).at(-1);
  return { ...commands, log, account, made, last };
}

describe('an owner', () => {
  it('creates a key, and gets its secret and the account', async () => {
    const { made, account, verification } = await withKey();
    const { key, secret } = made;
    expect(key).toMatchObject({ name: 'a key', scopes: ['read'], createdAt: NOW, createdBy: 'owner', hint: secret.slice(-4) });
    expect(made.account).toMatchObject({ version: 1, keys: new Map([[key.keyId, key]]) });
    expect(verification.verify(key.keyId, secret)).toMatchObject({ account, scopes: ['read'] });
  });

  it('rotates a key, and gets the new one with its secret', async () => {
    const { made, owner, account, verification } = await withKey();
    const { key, secret, account: left } = await owner.rotate(ownerOf(account), { keyId: made.key.keyId, overlap: 0 });
    expect(key).toMatchObject({ name: 'a key', replaces: made.key.keyId });
    expect([...left.keys.values()]).toEqual([key]);
    expect(verification.verify(key.keyId, secret)).toBeDefined();
    expect(verification.verify(made.key.keyId, made.secret)).toBeUndefined();
  });

  it('deletes a key on request, and gets the time and the account without it', async () => {
    const { made, owner, account, last } = await withKey();
    const { keyId } = made.key;
    const deletion = await owner.delete(ownerOf(account), keyId);
    expect(deletion).toMatchObject({ keyId, deletedAt: NOW, account: { version: 2, keys: new Map() } });
    expect(await last()).toMatchObject({ ...deleted('a', { keyId }), at: at(NOW), actor: 'owner' });
  });

  it('changes a key, and gets it as it is then, also if it was so already', async () => {
    const { made, owner, account } = await withKey();
    const { keyId } = made.key;
    const rename = () => owner.change(ownerOf(account), { type: 'RenameKey', keyId, name: 'new' });
    for (const _ of ['once', 'twice']) {
      const { key, account: renamed } = await rename();
      expect(key).toEqual({ ...made.key, name: 'new' });
      expect(renamed).toMatchObject({ version: 2, keys: new Map([[keyId, key]]) });
    }
  });
});

/** A store whose appends to an account's stream can fail. */
class FailingAppends extends StoreDouble {
  readonly faults = new Map<string, Error>();
  onAppended: () => void = () => {};

  override async append(stream: string, version: number, events: NewEvent[]): Promise<number> {
    const fault = this.faults.get(stream);
    if (fault) throw fault;
    const appended = await this.store.append(stream, version, events);
    this.onAppended();
    return appended;
  }
}

interface Leaked {
  account: string;
  keyId: string;
  secret: string;
}

/** A log into which keys can be put, and what is written after that about them. */
function logOfKeys() {
  const log = new SqliteEventStore(':memory:');
  return {
    log,
    async leaked(account = newAccount(), version = 0): Promise<Leaked> {
      const { secret, ...material } = newKeyMaterial();
      await record(log, account, [created('a', material)], version);
      return { account, keyId: material.keyId, secret };
    },
    eventsAbout: async ({ account, keyId }: Leaked) =>
      (await eventsOf(log, streamOf('apiKeys', account))).filter(({ data }) => 'keyId' in data && data.keyId === keyId),
  };
}

function report(...keys: { secret: string }[]) {
  return { secrets: keys.map(({ secret }) => secret), correlationId: 'report', since: performance.now() };
}

const DELETED = {
  type: 'KeyDeleted',
  data: { reason: 'LEAKED' },
  metadata: { actor: LEAK_REPORT_ACTOR, correlationId: 'report' },
};

describe('a leak report', () => {
  it('deletes the keys of all the secrets, whoever holds them, and no other key', async () => {
    const { log, leaked, eventsAbout } = logOfKeys();
    const account = newAccount();
    const keys = [await leaked(account), await leaked(account, 1), await leaked()];
    const other = await leaked();
    const { owner, projected, verification } = openCommands({ log });
    await projected();
    await owner.reportLeak(report(...keys));
    for (const key of keys) {
      expect((await eventsAbout(key)).slice(1)).toMatchObject([DELETED]);
      expect(verification.verifySecret(key.secret)).toBeUndefined();
    }
    expect(await eventsAbout(other)).toHaveLength(1);
    expect(verification.verifySecret(other.secret)).toBeDefined();
  });

  it.each([
    ['has expired', { expiresAt: at(START + 1), lifetime: 1 }, []],
    ['is disabled', {}, [disabled('a')]],
    ['is of a frozen account', {}, [frozen()]],
  ])('deletes a key that %s', async (_what, data, events) => {
    const { log, eventsAbout } = logOfKeys();
    const { secret } = newKeyMaterial();
    const key = { account: newAccount(), keyId: id('a'), secret };
    await record(log, key.account, [created('a', { ...data, secretHash: hashSecret(secret) }), ...events]);
    await openCommands({ log }).owner.reportLeak(report(key));
    expect((await eventsAbout(key)).at(-1)).toMatchObject(DELETED);
  });

  it('finds a key that this process has not heard of yet', async () => {
    const { log, leaked, eventsAbout } = logOfKeys();
    const { owner, store, projected } = openCommands({ log });
    await projected();
    store.stopped = true;
    const key = await leaked();
    const reported = owner.reportLeak(report(key));
    await untilMidway(reported, async () => (await eventsAbout(key)).length === 2);
    store.goOn();
    await reported;
    expect((await eventsAbout(key)).slice(1)).toMatchObject([DELETED]);
  });

  it('is answered alike where no key has the secret, or has it no longer, or twice', async () => {
    const { log, leaked, eventsAbout } = logOfKeys();
    const key = await leaked();
    const { owner } = openCommands({ log });
    await expect(owner.reportLeak(report({ secret: newKeyMaterial().secret }))).resolves.toBeUndefined();
    await expect(owner.reportLeak(report(key, key))).resolves.toBeUndefined();
    await expect(owner.reportLeak(report(key))).resolves.toBeUndefined();
    expect((await eventsAbout(key)).slice(1)).toMatchObject([DELETED]);
  });

  it('leaves no key accepted here that another process has deleted, although the feed has stopped', async () => {
    const { log, leaked } = logOfKeys();
    const key = await leaked();
    const { owner, store, projected, verification } = openCommands({ log });
    await projected();
    store.stopped = true;
    await record(log, key.account, [deleted('a', { keyId: key.keyId })], 1);
    expect(verification.verifySecret(key.secret)).toBeDefined();
    await owner.reportLeak(report(key));
    expect(verification.verifySecret(key.secret)).toBeUndefined();
  });
});

describe('a leak report of several keys that fails for some', () => {
  /** Reports as many keys as there are outcomes, with those errors of the store. */
  async function reported(...outcomes: (Error | 'deleted')[]) {
    const { log, leaked, eventsAbout } = logOfKeys();
    const store = new FailingAppends(log);
    const keys: Leaked[] = [];
    for (const outcome of outcomes) {
      const key = await leaked();
      keys.push(key);
      if (outcome !== 'deleted') store.faults.set(streamOf('apiKeys', key.account), outcome);
    }
    const { owner } = openCommands({ log: store, Performing: PatientSearches });
    const error = await owner.reportLeak(late(report(...keys))).catch((fault: unknown) => fault);
    const ended = await Promise.all(keys.map(async (key) => (await eventsAbout(key)).length === 2));
    return { error, ended };
  }
  const away = new StoreUnavailable();
  const unknown = new OutcomeUnknown();
  const sealed = new LogSealed();
  const unready = new NotCaughtUp();
  const mismatch = new LogMismatch();
  const locked = Object.assign(new Error('database is locked'), { code: 'SQLITE_BUSY' });

  it('says that nothing was changed where that is true of all', async () => {
    expect(await reported(away, away)).toEqual({ error: away, ended: [false, false] });
  });

  it.each([
    ['the store was away for some', away, ['deleted', away]],
    ['the store was away for the first', away, [away, 'deleted']],
    ['the tables were locked for some', locked, ['deleted', locked]],
    ['the log was not known any more for some', unready, ['deleted', unready]],
    ['the log was another one for some', mismatch, ['deleted', mismatch]],
  ] as const)('says that the outcome is unknown where %s and others were deleted', async (_what, cause, outcomes) => {
    const { error, ended } = await reported(...outcomes);
    expect(error).toMatchObject({ constructor: OutcomeUnknown, cause });
    expect(ended).toEqual(outcomes.map((outcome) => outcome === 'deleted'));
  });

  it('says so too where the clock is stepped after some were deleted', async () => {
    const { log, leaked, eventsAbout } = logOfKeys();
    const account = newAccount();
    const keys = [await leaked(account), await leaked(account, 1)];
    let now = Date.now();
    const store = new FailingAppends(log);
    store.onAppended = () => {
      now += 3_600_000;
    };
    const serverClock = {
      ask: async () => ({ time: Date.now(), at: performance.now(), uncertainty: 0 }),
      onAppended: () => {},
    };
    const clock = () => now;
    const guard = new ClockGuard({ serverClock, clock, tolerance: 60_000, log: { info() {}, warn() {}, error() {} } });
    const { owner } = openCommands({ log: store, clock, requireClock: (signal) => guard.require(signal) });
    const error = await owner.reportLeak(report(...keys)).catch((fault: unknown) => fault);
    const ended = await Promise.all(keys.map(async (key) => (await eventsAbout(key)).length === 2));
    expect(ended).toEqual([true, false]);
    expect(error).toMatchObject({ constructor: OutcomeUnknown, cause: { code: 'CLOCK_SKEW' } });
  });

  it.each([
    ['some may be deleted', unknown, [unknown, away]],
    ['some may be deleted, which is not known of the first', unknown, [away, unknown]],
    ['some may be deleted, and the tables were locked for others', unknown, [locked, unknown]],
    ['the log was moved meanwhile', sealed, ['deleted', sealed]],
    ['the log was moved and the store was away', sealed, [away, sealed, 'deleted']],
  ] as const)('names an error that does not say so where %s', async (_what, expected, outcomes) => {
    expect((await reported(...outcomes)).error).toBe(expected);
  });
});
