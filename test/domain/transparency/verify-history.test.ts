import type { ExportedEvent } from '../../../src/domain/transparency/exported-event.js';
import { leafBytes } from '../../../src/domain/transparency/leaf.js';
import { EMPTY_ROOT } from '../../../src/domain/transparency/merkle-tree.js';
import { HistoryVerifier, type KeptCheckpoint } from '../../../src/domain/transparency/verify-history.js';
import { definition } from '../../support/rfc6962.js';
import { created, deleted, START } from '../../support/specification.js';
import { checkpoint, decoder, faultOf, historyOf, ORIGIN, TURNS, type Turn } from '../../support/turns.js';

interface Options {
  change?: (events: ExportedEvent[]) => void;
  /** The sizes of the kept checkpoints; by default that of the whole history. */
  sizes?: number[];
  /** The checkpoint that came with the history. */
  own?: KeptCheckpoint;
}

function verify(turns: Turn[], options: Options = {}) {
  const events = historyOf(turns);
  const checkpoints = (options.sizes ?? [turns.length]).map((size) => checkpoint(events, size));
  options.change?.(events);
  const verifier = new HistoryVerifier({ checkpoints, decode: decoder(turns) });
  for (const event of events) verifier.add(event);
  return verifier.end(options.own);
}

it('holds a history to the checkpoints of its sizes', () => {
  const { events, accounts, root, checkpoints } = verify(TURNS, { sizes: [5, 0, 2] });
  expect({ events, accounts, sizes: checkpoints.map(({ size }) => size) }).toEqual({
    events: 5,
    accounts: 2,
    sizes: [0, 2, 5],
  });
  expect(root).toEqual(definition(historyOf(TURNS).map(leafBytes)).root(5));
});

it('holds an empty history to checkpoints of the empty tree', () => {
  const own = checkpoint([]);
  expect(verify([], { sizes: [0], own })).toEqual({
    events: 0,
    accounts: 0,
    root: EMPTY_ROOT,
    checkpoints: [checkpoint([]), own],
  });
});

describe('with the checkpoint that came with it', () => {
  const own = { ...checkpoint(historyOf(TURNS)), source: 'own' };

  it('holds a history to that, and to those that were kept', () => {
    expect(verify(TURNS, { sizes: [], own }).checkpoints).toEqual([own]);
    expect(verify(TURNS, { sizes: [2], own }).checkpoints).toEqual([checkpoint(historyOf(TURNS), 2), own]);
  });

  it.each<[what: string, sizes: number[], wrong: Partial<KeptCheckpoint>, first: number, last: number, reason: string]>([
    [
      'of another log',
      [5],
      { origin: 'other' },
      1,
      1,
      'the checkpoint of size 5 (own) belongs to the log other, which begins with another event',
    ],
    ['of more events', [5], { size: 6 }, 6, 6, 'the history ends after 5 events, but the checkpoint of size 6 (own) covers 6'],
    ['of fewer events', [5], { size: 3 }, 6, 6, 'the checkpoint of size 3 (own) does not cover all 5 events'],
    ['of fewer events, as all are', [4], { size: 3 }, 5, 5, 'no checkpoint covers these events'],
    ['of other events', [3], { root: EMPTY_ROOT }, 4, 5, 'these are not the events that the checkpoint of size 5 (own) covers'],
  ])('finds one %s', async (_what, sizes, wrong, first, last, reason) => {
    expect(await faultOf(() => verify(TURNS, { sizes, own: { ...own, ...wrong } }))).toEqual([first, last, reason]);
  });
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

  it('a checkpoint of no events with the root of some', async () => {
    const checkpoints = [{ ...checkpoint(historyOf(TURNS)), size: 0 }];
    const reason = 'these are not the events that the checkpoint of size 0 (size 5) covers';
    expect(await faultOf(() => new HistoryVerifier({ checkpoints, decode: decoder([]) }))).toEqual([1, 1, reason]);
  });

  it('what cannot be decoded', async () => {
    const verifier = new HistoryVerifier({ checkpoints: [], decode: decoder([]) });
    expect(await faultOf(() => historyOf(TURNS).forEach((event) => void verifier.add(event)))).toEqual([1, 1, 'unreadable']);
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
  const replace = (events: ExportedEvent[]) => void events.splice(0, 5, ...other);

  it.each<[sizes: number[], first: number, last: number]>([
    [[5], 1, 5],
    [[0, 5], 1, 5],
    [[2, 5], 3, 5],
    [[2, 3, 4, 5], 4, 4],
    [[3, 5], 4, 5],
  ])('of the sizes %p', async (sizes, first, last) => {
    expect(await faultOf(() => verify(TURNS, { sizes, change: replace }))).toEqual([
      first,
      last,
      expect.stringContaining('not the events'),
    ]);
  });

  it('with its positions', () => {
    expect(() => verify(TURNS, { sizes: [3, 5], change: replace })).toThrow(
      new Error('lines 4 to 5, positions 30 to 40: these are not the events that the checkpoint of size 5 (size 5) covers'),
    );
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
