import type { KeyEvent, PastKeyEvent } from '../../../src/domain/keys/model.js';
import { type ExportedEvent, HistoryFault } from '../../../src/domain/transparency/exported-event.js';
import { leafBytes } from '../../../src/domain/transparency/leaf.js';
import { hashLeaf, inclusionPath } from '../../../src/domain/transparency/merkle-tree.js';
import { TreeFrontier } from '../../../src/domain/transparency/tree-frontier.js';
import { ExcerptVerifier } from '../../../src/domain/transparency/verify-excerpt.js';
import { HistoryVerifier, type KeptCheckpoint } from '../../../src/domain/transparency/verify-history.js';
import { RecentIds } from '../../../src/shared/recent-ids.js';
import { definition, leaves, stored } from '../../support/rfc6962.js';
import { at, created, deleted, START } from '../../support/specification.js';

const ORIGIN = 'keyledger/event-0';

interface Turn {
  event: KeyEvent;
  account?: string;
  time?: number;
  id?: string;
}

function timeIn({ time = START }: Turn, leafIndex: number): string {
  return at(time + 1000 * leafIndex);
}

/** A history of these events, a second apart, with correct places and leaves. */
function historyOf(turns: Turn[]): ExportedEvent[] {
  const versions = new Map<string, number>();
  return turns.map((turn, leafIndex) => {
    const { event, account = 'a', id } = turn;
    const version = (versions.get(account) ?? 0) + 1;
    versions.set(account, version);
    const metadata = { at: timeIn(turn, leafIndex), actor: 'owner', correlationId: 'none' };
    const leaf = { ...event, account, version, schemaVersion: 1, id: id ?? `event-${leafIndex}`, metadata };
    return { ...leaf, position: 10 * leafIndex, leafIndex, leaf: hashLeaf(leafBytes(leaf)).toString('base64') };
  });
}

function checkpoint(events: ExportedEvent[], size = events.length): KeptCheckpoint {
  return { origin: ORIGIN, size, root: definition(events.map(leafBytes)).root(size), source: `size ${size}` };
}

/** Decodes by looking up the turns, which are known to be valid events. */
function decoder(turns: Turn[]) {
  return ({ leafIndex, version }: ExportedEvent): PastKeyEvent => {
    const turn = turns[leafIndex];
    if (!turn) throw new Error('unreadable');
    return { ...turn.event, version, at: timeIn(turn, leafIndex), actor: 'owner' };
  };
}

function verify(turns: Turn[], options: { change?: (events: ExportedEvent[]) => void; sizes?: number[] } = {}) {
  const events = historyOf(turns);
  const checkpoints = (options.sizes ?? [turns.length]).map((size) => checkpoint(events, size));
  options.change?.(events);
  const verifier = new HistoryVerifier({ checkpoints, decode: decoder(turns) });
  for (const event of events) verifier.add(event);
  return verifier.end();
}

/** The fault's first line, its last line, and its reason. */
async function faultOf(work: () => unknown): Promise<[first: number, last: number, reason: string]> {
  try {
    await work();
  } catch (error) {
    if (error instanceof HistoryFault) return [error.first.line, error.last.line, error.reason];
    throw error;
  }
  throw new Error('All holds.');
}

const TURNS: Turn[] = [
  { event: created('a') },
  { event: created('b') },
  { event: created('a'), account: 'b' },
  { event: deleted('a') },
  { event: created('c') },
];

it('holds a history to the checkpoints of its sizes', () => {
  const { events, accounts, root, checkpoints } = verify(TURNS, { sizes: [5, 0, 2] });
  expect({ events, accounts, sizes: checkpoints.map(({ size }) => size) }).toEqual({
    events: 5,
    accounts: 2,
    sizes: [0, 2, 5],
  });
  expect(root).toEqual(definition(historyOf(TURNS).map(leafBytes)).root(5));
});

describe('names the line that contradicts itself or its stream', () => {
  it.each<[what: string, turns: Turn[], line: number, reason: RegExp]>([
    ['a third key', [...TURNS, { event: created('d') }], 6, /account a, version 5: it holds 3 keys/],
    ['a key created twice', [...TURNS, { event: created('b') }], 6, /which exists already/],
    ['the end of a key that is not held', [...TURNS, { event: deleted('a') }], 6, /has no key/],
    ['a time that runs back in its stream', [...TURNS, { event: deleted('b'), time: START - 60_000 }], 6, /is before/],
    ['an id that was there before', [...TURNS, { event: deleted('b'), id: 'event-1' }], 6, /the id event-1/],
  ])('%s, though it was signed', async (_what, turns, line, reason) => {
    expect(await faultOf(() => verify(turns))).toEqual([line, line, expect.stringMatching(reason)]);
  });

  it('lets time run back between streams', () => {
    expect(verify([...TURNS, { event: deleted('a'), account: 'b', time: START - 3000 }]).events).toBe(6);
  });

  it.each<[what: string, change: (event: ExportedEvent) => void, reason: RegExp]>([
    ['a changed member', (event) => Object.assign(event, { id: 'other' }), /not the hash/],
    ['another leaf', (event) => Object.assign(event, { leaf: 'A'.repeat(43) }), /not the hash/],
    ['what has no canonical form', (event) => Object.assign(event, { id: '\ud800' }), /surrogate/],
    ['another leaf index', (event) => Object.assign(event, { leafIndex: 4 }), /the leaf index is 4, but should be 3/],
    ['a position out of order', (event) => Object.assign(event, { position: 20 }), /not after 20/],
  ])('%s', async (_what, change, reason) => {
    const fault = await faultOf(() => verify(TURNS, { change: (events) => events.slice(3, 4).forEach(change) }));
    expect(fault).toEqual([4, 4, expect.stringMatching(reason)]);
  });

  it('a first event that the log is not named after', async () => {
    const turns = TURNS.map((turn, index) => (index === 0 ? { ...turn, id: 'other' } : turn));
    expect(await faultOf(() => verify(turns))).toEqual([1, 1, expect.stringContaining(ORIGIN)]);
  });
});

describe('names the smallest interval between two kept checkpoints', () => {
  const other = historyOf(
    TURNS.map((turn, index) => (index === 3 ? { ...turn, event: deleted('a', { reason: 'LEAKED' }) } : turn)),
  );
  it.each<[sizes: number[], first: number, last: number]>([
    [[5], 1, 5],
    [[2, 5], 3, 5],
    [[2, 3, 4, 5], 4, 4],
    [[3, 5], 4, 5],
  ])('of the sizes %p', async (sizes, first, last) => {
    const change = (events: ExportedEvent[]) => void events.splice(0, 5, ...other);
    expect(await faultOf(() => verify(TURNS, { sizes, change }))).toEqual([
      first,
      last,
      expect.stringContaining('not the events'),
    ]);
  });

  it('where the end is missing', async () => {
    const change = (events: ExportedEvent[]) => void events.splice(3);
    const reason = expect.stringContaining('ends after 3 events, but the checkpoint of size 5');
    expect(await faultOf(() => verify(TURNS, { sizes: [2, 5], change }))).toEqual([3, 5, reason]);
    expect(await faultOf(() => verify(TURNS, { sizes: [3, 5], change }))).toEqual([4, 5, reason]);
  });

  it('where nothing was signed for the end', async () => {
    expect(await faultOf(() => verify(TURNS, { sizes: [3] }))).toEqual([4, 5, expect.stringContaining('no checkpoint')]);
  });

  it('where two trees of one size were signed', async () => {
    const events = historyOf(TURNS);
    const verifier = new HistoryVerifier({ checkpoints: [checkpoint(events), checkpoint(other)], decode: decoder(TURNS) });
    const fault = await faultOf(() => events.forEach((event) => void verifier.add(event)));
    expect(fault).toEqual([1, 5, expect.stringContaining('not the events')]);
  });
});

it('proves of a filtered export what is there, and finds what is not so', async () => {
  const events = historyOf(TURNS);
  const { nodes } = stored(events.map((event) => leafBytes(event)));
  const proven = events.map((event) => {
    return { ...event, proof: inclusionPath(event.leafIndex, 5, nodes).map((hash) => hash.toString('base64')) };
  });
  const check = async (indexes: number[], change: (event: ExportedEvent) => object = () => ({})) => {
    const verifier = new ExcerptVerifier(checkpoint(events), decoder(TURNS));
    for (const event of proven.filter((_, index) => indexes.includes(index)))
      await verifier.add({ ...event, ...change(event) });
    return verifier.events;
  };
  expect(await check([1, 3])).toBe(2);
  expect(await faultOf(() => check([1, 3], () => ({ proof: [] })))).toEqual([1, 1, expect.stringContaining('proof')]);
  const respelt = ({ proof = [] }: ExportedEvent) => ({ proof: proof.map((hash) => hash.replace('=', '')) });
  expect(await faultOf(() => check([1, 3], respelt))).toEqual([1, 1, expect.stringContaining('proof')]);
  expect((await faultOf(() => check([1, 3], ({ leafIndex }) => ({ leafIndex: leafIndex - 1 }))))[2]).toContain('proof');
  expect(await faultOf(() => check([1, 3], () => ({ leafIndex: 1 })))).toEqual([2, 2, expect.stringContaining('leaf index')]);
  expect(await faultOf(() => check([1, 3], () => ({ position: 10 })))).toEqual([2, 2, expect.stringContaining('position')]);
  expect(await faultOf(() => check([1, 3], () => ({ id: 'other' })))).toEqual([1, 1, expect.stringContaining('not the hash')]);
});

it('knows the root of a tree by its edge alone', () => {
  const contents = leaves(200);
  const expected = definition(contents);
  const tree = new TreeFrontier();
  expect(tree.root()).toEqual(expected.root(0));
  for (const leaf of contents) {
    tree.append(hashLeaf(leaf));
    expect(tree.root()).toEqual(expected.root(tree.size));
  }
});

it('remembers as many ids as it should, and forgets older ones', () => {
  const ids = new RecentIds(3);
  expect(['a', 'b', 'c', 'd'].map((id) => ids.add(id))).toEqual([true, true, true, true]);
  expect(['b', 'c', 'd'].map((id) => ids.add(id))).toEqual([false, false, false]);
  expect(['e', 'f', 'g', 'a'].map((id) => ids.add(id))).toEqual([true, true, true, true]);
});
