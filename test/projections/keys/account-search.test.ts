import { NotCaughtUp } from '../../../src/projections/engine/caught-up.js';
import { type AccountPart, AccountSearch } from '../../../src/projections/keys/account-search.js';
import { KeysProjection } from '../../../src/projections/keys/keys.js';
import Database from '../../../src/shared/sqlite.js';
import { encode } from '../../../src/store/codec.js';
import type { RecordedEvent } from '../../../src/store/event-store.js';
import { at, created, frozen, material, START } from '../../support/specification.js';

/** More than a search looks at in one go, twice. */
const ACCOUNTS = 1234;
const never = new AbortController().signal;

const nameOf = (index: number) => `account-${String(index).padStart(5, '0')}`;

function recorded(index: number, version: number, event: Parameters<typeof encode>[0]): RecordedEvent {
  return { ...encode(event, 'none'), stream: `apiKeys-${nameOf(index)}`, version, position: 2 * index + version };
}

/** Each account holds a key; every hundredth is frozen; of the last one, the second event is missing. */
function filled(): AccountSearch {
  const database = new Database(':memory:');
  const events = Array.from({ length: ACCOUNTS }, (_, index) => {
    const keyId = `key_${String(index).padStart(22, '0')}`;
    const past = { version: 1, at: at(START), actor: 'owner' };
    const key = {
      ...created('a'),
      ...past,
      data: { ...created('a').data, ...material('a'), keyId, secretHash: keyId.slice(4).padStart(64, '0') },
    };
    const isLast = index === ACCOUNTS - 1;
    const freeze = { ...frozen(), ...past, version: isLast ? 3 : 2 };
    return [recorded(index, 1, key), ...(index % 100 === 0 || isLast ? [recorded(index, freeze.version, freeze)] : [])];
  });
  new KeysProjection(database).apply(events.flat());
  return new AccountSearch(database);
}

const search = filled();

async function found(part: Partial<AccountPart>, matches: (index: number, frozen: boolean) => boolean = () => true) {
  const all = { limit: 5000, backward: false, ...part };
  const test = ({ accountId, frozenAt }: { accountId: string; frozenAt?: number | undefined }) =>
    matches(Number(accountId.slice(8)), frozenAt !== undefined);
  return (await search.find(all, test, never)).map(({ accountId }) => Number(accountId.slice(8)));
}

it('finds every account in order, in both directions, and leaves out one that cannot be read', async () => {
  const all = Array.from({ length: ACCOUNTS - 1 }, (_, index) => index);
  expect(await found({})).toEqual(all);
  expect(await found({ backward: true })).toEqual(all.reverse());
});

it('finds what is rare, however many accounts lie between', async () => {
  const hundreds = [0, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1000, 1100, 1200];
  expect(await found({}, (_, frozen) => frozen)).toEqual(hundreds);
  expect(await found({ limit: 3 }, (_, frozen) => frozen)).toEqual([0, 100, 200]);
  expect(await found({ limit: 3, backward: true }, (_, frozen) => frozen)).toEqual([1200, 1100, 1000]);
  expect(await found({}, () => false)).toEqual([]);
});

it('finds what lies between two accounts, neither of them included', async () => {
  const bounds = { after: nameOf(499), before: nameOf(503) };
  expect(await found(bounds)).toEqual([500, 501, 502]);
  expect(await found({ ...bounds, backward: true, limit: 2 })).toEqual([502, 501]);
  expect(await found({ ...bounds, limit: 0 })).toEqual([]);
});

it('ends when the time is up', async () => {
  await expect(search.find({ limit: 1, backward: false }, () => false, AbortSignal.abort())).rejects.toThrow(NotCaughtUp);
});
