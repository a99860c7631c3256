import { randomUUID } from 'node:crypto';
import { type RevokeEachOptions, revokeEach } from '../../../src/commands/keys/revoke-each.js';
import { AccountUnreadable } from '../../../src/domain/keys/refusals.js';
import { LogSealed } from '../../../src/store/event-store.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { streamOf } from '../../../src/store/streams.js';
import { temporaryDirectory } from '../../support/cleanup.js';
import { ownStores } from '../../support/eventstoredb.js';
import { record } from '../../support/histories.js';
import { created, deleted, id } from '../../support/specification.js';
import { eventsOf, LosingAnswers } from '../../support/store-doubles.js';

const ACCOUNTS = 400;
const KEYS = [id('a'), id('b')];

describe.each(ownStores)('on %s', (_name, open, it) => {
  it('deletes each key once and those of an account in one append, however often it is interrupted and run again', async () => {
    const store = await open(temporaryDirectory());
    const accounts = new Map(Array.from({ length: ACCOUNTS }, (_, index) => [`account-${index}`, KEYS] as const));
    for (const account of accounts.keys()) await record(store, account, [created('a'), created('b')]);
    let revoked = 0;
    const run = async (limit: number) => {
      const stop = new AbortController();
      const options: RevokeEachOptions = {
        store,
        clock: Date.now,
        caller: { actor: 'olga', correlationId: 'none' },
        note: undefined,
        patience: 60_000,
        onRevoked: (keys) => {
          revoked += keys;
          if (revoked >= limit) stop.abort();
        },
        onUnreadable: () => {},
        signal: stop.signal,
      };
      await revokeEach(accounts, options);
    };
    const began = performance.now();
    for (const limit of [1, 40]) {
      await run(limit);
      expect(revoked).toBeGreaterThanOrEqual(limit);
      expect(revoked).toBeLessThan(2 * ACCOUNTS);
    }
    await run(Number.POSITIVE_INFINITY);
    expect(revoked).toBe(2 * ACCOUNTS);
    // At most 2,000 keys in a second, apart from the first of each of the 16 accounts at a time, so that servers can follow.
    expect(performance.now() - began).toBeGreaterThan((revoked - 3 * 32) / 2);
    for (const account of accounts.keys()) {
      const events = await eventsOf(store, streamOf('apiKeys', account));
      const deleted = events.slice(2);
      expect(deleted.map(({ type, data }) => [type, data])).toEqual(
        KEYS.map((keyId) => ['KeyDeleted', { keyId, reason: 'REVOKED' }]),
      );
      expect(deleted[0]?.metadata.at).toBe(deleted[1]?.metadata.at);
    }
    await store.close();
  });
});

describe('an account', () => {
  /** Two accounts with keys, of which the first has an event that cannot be read, and one whose keys are gone. */
  async function revoked(faults: LosingAnswers['faults'] = []) {
    const store = new LosingAnswers(new SqliteEventStore(':memory:'));
    await record(store, 'damaged', [created('a')]);
    await record(store, 'gone', [created('b'), deleted('b')]);
    await record(store, 'sound', [created('c'), created('d')]);
    const [event] = await eventsOf(store, streamOf('apiKeys', 'sound'));
    if (event) await store.append(streamOf('apiKeys', 'damaged'), 1, [{ ...event, id: randomUUID(), type: 'KeyUnknown' }]);
    store.faults.push(...faults);
    const numbers: number[] = [];
    const unreadable: [account: string, error: unknown][] = [];
    const end = revokeEach(new Map(['damaged', 'gone', 'sound'].map((account) => [account, undefined])), {
      store,
      clock: Date.now,
      caller: { actor: 'olga', correlationId: 'none' },
      note: undefined,
      patience: 60_000,
      onRevoked: (keys) => numbers.push(keys),
      onUnreadable: (...account) => unreadable.push(account),
      signal: new AbortController().signal,
    });
    const eventsIn = async (account: string) => (await eventsOf(store, streamOf('apiKeys', account))).length;
    return { end, numbers, unreadable, eventsIn };
  }

  it('whose events cannot be read is told of and keeps its keys, and the others lose theirs', async () => {
    const { end, numbers, unreadable, eventsIn } = await revoked();
    await end;
    expect(unreadable).toEqual([['damaged', expect.any(AccountUnreadable)]]);
    expect(numbers.sort()).toEqual([0, 2]);
    expect(await Promise.all(['damaged', 'gone', 'sound'].map(eventsIn))).toEqual([2, 2, 4]);
  });

  it('at which anything else fails ends the work with that fault', async () => {
    const { end, unreadable, eventsIn } = await revoked([{ error: new LogSealed(), written: false }]);
    await expect(end).rejects.toBeInstanceOf(LogSealed);
    expect(unreadable.map(([account]) => account)).not.toContain('sound');
    expect(await eventsIn('sound')).toBe(2);
  });
});
