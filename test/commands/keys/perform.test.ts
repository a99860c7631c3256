import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Caller } from '../../../src/commands/keys/handle.js';
import type { KeyCommand } from '../../../src/domain/keys/model.js';
import { KeyAlreadyCreated, KeyLimitReached, KeyNotFound } from '../../../src/domain/keys/refusals.js';
import { hashSecret } from '../../../src/domain/keys/secret.js';
import { NotCaughtUp } from '../../../src/projections/engine/caught-up.js';
import { type NewEvent, OutcomeUnknown, StoreUnavailable } from '../../../src/store/event-store.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { streamOf } from '../../../src/store/streams.js';
import { newAccount } from '../../support/cleanup.js';
import { type CommandsOptions, late, openCommands, ownerOf } from '../../support/commands.js';
import { record } from '../../support/histories.js';
import { untilMidway } from '../../support/midway.js';
import {
  create,
  created,
  deleted,
  disable,
  disabled,
  enable,
  expirySet,
  freeze,
  id,
  material,
  remove,
  rename,
  revoke,
  rotate,
  START,
} from '../../support/specification.js';
import { eventsOf, PatientAppends, StoreDouble } from '../../support/store-doubles.js';

/** In these tests, a letter is the secret of its key. */
const secretHash = hashSecret;

/** A process and an account that holds these keys. Its log makes every append that it is asked for, even after the deadline. */
async function accountWith(letters: string, options: CommandsOptions = {}) {
  const { log = new PatientAppends(new SqliteEventStore(':memory:')) } = options;
  const commands = openCommands({ ...options, log });
  const account = newAccount();
  const keys = [...letters].map((letter) => created(letter, { secretHash: secretHash(letter) }));
  if (keys.length > 0) await record(log, account, keys);
  await commands.projected();
  const perform = (command: KeyCommand, caller: Caller = ownerOf(account)) => commands.performer.perform(caller, command);
  return {
    ...commands,
    account,
    perform,
    /** Performs the command for a caller whose deadline is over. */
    performLate: (command: KeyCommand) => perform(command, late(ownerOf(account))),
    /** Those of these keys that this process accepts. */
    accepted: (of: string) => [...of].filter((letter) => commands.verification.verify(id(letter), letter)).join(''),
    /** Another process changes the account. */
    elsewhere: (...events: Parameters<typeof record>[2]) => record(log, account, events, letters.length),
    written: async () => (await eventsOf(log, streamOf('apiKeys', account))).slice(letters.length).map(({ type }) => type),
  };
}

/** A store that tells of an append only once the caller's time is over. */
class LateAnswers extends StoreDouble {
  override async append(stream: string, version: number, events: NewEvent[], signal?: AbortSignal): Promise<number> {
    const appended = await this.store.append(stream, version, events);
    if (signal && !signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
    return appended;
  }
}

describe('a command answers', () => {
  it('once its events are in the keys projection, and not before', async () => {
    const { store, perform, keys, account, written } = await accountWith('a');
    store.stopped = true;
    const answers: number[] = [];
    const command = perform(rename('a', 'new'));
    const answer = command.then(({ state }) => answers.push(state.version));
    await untilMidway(command, async () => (await written()).length === 1);
    await nextTurn();
    expect(answers).toEqual([]);
    store.goOn();
    await answer;
    expect(answers).toEqual([2]);
    expect(keys.version(account)).toBe(2);
  });

  it.each([
    ['from what it decided, if the projection does not get there within the deadline', undefined],
    [
      'likewise, if it learns only then that its events are durable',
      new LateAnswers(new PatientAppends(new SqliteEventStore(':memory:'))),
    ],
  ])('%s', async (_when, log) => {
    const { store, performLate, keys, account, written } = await accountWith('a', log && { log });
    store.stopped = true;
    const { events, state } = await performLate(rename('a', 'new'));
    expect(events).toMatchObject([{ type: 'KeyRenamed', version: 2 }]);
    expect(state.keys.get(id('a'))).toMatchObject({ name: 'new' });
    expect(await written()).toEqual(['KeyRenamed']);
    expect(keys.version(account)).toBe(1);
  });
});

describe('this process refuses the keys that a command ends, by the time it answers, however late the projection is', () => {
  it.each<[what: string, command: KeyCommand, accepted: string]>([
    ['a deleted key', remove('a'), 'b'],
    ['a disabled key', disable('a'), 'b'],
    ['a rotated key', rotate('a', 'c'), 'b'],
    ['all keys of an account', revoke(), ''],
    ['and no key that is renamed', rename('a', 'new'), 'ab'],
    ['and no key of an account that is frozen', freeze, 'ab'],
  ])('%s', async (_what, command, accepted) => {
    const here = await accountWith('ab');
    here.store.stopped = true;
    await here.performLate(command);
    expect(here.accepted('ab')).toBe(accepted);
  });

  it('and no key that it creates, once that is projected', async () => {
    const { perform, accepted } = await accountWith('a');
    await perform({ type: 'CreateKey', key: { ...material('b'), secretHash: secretHash('b') }, name: 'b', scopes: [] });
    expect(accepted('ab')).toBe('ab');
  });

  it('an overlap from its end on', async () => {
    let now = START;
    const { store, performLate, accepted } = await accountWith('a', { clock: () => now });
    store.stopped = true;
    await performLate(rotate('a', 'c', { overlap: 60 }));
    now += 59_999;
    expect(accepted('a')).toBe('a');
    now += 1;
    expect(accepted('a')).toBe('');
  });

  it('and accepts a key again that is disabled and enabled, once both are projected', async () => {
    const { store, perform, performLate, accepted } = await accountWith('a');
    store.stopped = true;
    await performLate(disable('a'));
    store.goOn();
    await perform(enable('a'));
    expect(accepted('a')).toBe('a');
  });
});

describe('this process refuses the keys that another one has ended, once a command has read of it', () => {
  it.each<[what: string, events: Parameters<typeof record>[2], accepted: string]>([
    ['a deleted key', [deleted('a')], 'b'],
    ['a disabled key', [disabled('a')], 'b'],
    ['a key whose overlap is over', [expirySet('a', START)], 'b'],
  ])('%s', async (_what, events, accepted) => {
    const here = await accountWith('ab');
    here.store.stopped = true;
    await here.elsewhere(...events);
    expect(here.accepted('ab')).toBe('ab');
    await here.performLate(rename('b', 'new'));
    expect(here.accepted('ab')).toBe(accepted);
  });

  it('also if the command itself is refused', async () => {
    const here = await accountWith('a');
    here.store.stopped = true;
    await here.elsewhere(deleted('a'));
    await expect(here.perform(remove('a'))).rejects.toThrow(KeyNotFound);
    expect(here.accepted('a')).toBe('');
  });
});

describe('what the limit refuses', () => {
  it('is recorded, with the account and the time, and nothing else is', async () => {
    const recorded: [account: string, at: number][] = [];
    const refusals = { record: (account: string, at: number) => void recorded.push([account, at]) };
    const { perform, account } = await accountWith('ab', { refusals, clock: () => START });
    await expect(perform(create('c'))).rejects.toThrow(KeyLimitReached);
    await expect(perform(remove('c'))).rejects.toThrow(KeyNotFound);
    expect(recorded).toEqual([[account, START]]);
  });

  it('is refused as well where nobody records it', async () => {
    const { perform } = await accountWith('ab');
    await expect(perform(create('c'))).rejects.toThrow(KeyLimitReached);
  });
});

it('makes no key with an id that a deleted key had', async () => {
  const { perform, written } = await accountWith('a');
  await perform(remove('a'));
  await expect(perform(create('a'))).rejects.toThrow('was issued before');
  expect(await written()).toEqual(['KeyDeleted']);
});

it('makes no second key for a repeated request, not even once the first is deleted', async () => {
  const { perform, written } = await accountWith('');
  await perform(create('a', { idempotencyKey: 'once' }));
  await perform(remove('a'));
  await expect(perform(create('b', { idempotencyKey: 'once' }))).rejects.toMatchObject({
    constructor: KeyAlreadyCreated,
    keyId: id('a'),
  });
  expect(await written()).toEqual(['KeyCreated', 'KeyDeleted']);
});

describe('a search', () => {
  const { performer } = openCommands();

  it('gives what it finds', async () => {
    await expect(performer.search(performance.now(), async () => 'found')).resolves.toBe('found');
  });

  it.each([new StoreUnavailable(), new OutcomeUnknown()])(
    'is made again where the store does not answer: $code',
    async (error) => {
      const answers = [error, error];
      const find = async () => {
        const fault = answers.shift();
        if (fault) throw fault;
        return 'found';
      };
      await expect(performer.search(performance.now(), find)).resolves.toBe('found');
    },
  );

  it('ends with any other error at once', async () => {
    let asked = 0;
    const find = async () => {
      asked += 1;
      throw new NotCaughtUp();
    };
    await expect(performer.search(performance.now(), find)).rejects.toThrow(NotCaughtUp);
    expect(asked).toBe(1);
  });

  it('leaves no timer behind, for which the process would go on until the deadline', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    await performer.search(performance.now(), async () => 'found');
    await performer.search(performance.now(), () => Promise.reject(new NotCaughtUp())).catch(() => {});
    expect(timers()).toBe(before);
  });

  it('says at the deadline that the store is away', async () => {
    const { since } = late({ since: performance.now() });
    const find = () => Promise.reject(new StoreUnavailable());
    await expect(performer.search(since, find)).rejects.toThrow(StoreUnavailable);
  });

  it('says so too where the store has not answered at all, with the deadline as the cause', async () => {
    const { since } = late({ since: performance.now() });
    const find = () => new Promise(() => {});
    const refusal = { constructor: StoreUnavailable, cause: { name: 'AbortError' } };
    await expect(performer.search(since, find)).rejects.toMatchObject(refusal);
  });
});
