import type { Decode, ExportedEvent } from '../../../src/domain/transparency/exported-event.js';
import { leafBytes } from '../../../src/domain/transparency/leaf.js';
import { inclusionPath } from '../../../src/domain/transparency/merkle-tree.js';
import { ExcerptVerifier } from '../../../src/domain/transparency/verify-excerpt.js';
import { stored } from '../../support/rfc6962.js';
import { at, START } from '../../support/specification.js';
import { checkpoint, decoder, faultOf, historyOf, TURNS } from '../../support/turns.js';

const EVENTS = historyOf(TURNS);
const { nodes } = stored(EVENTS.map(leafBytes));

type Change = (event: ExportedEvent) => Partial<ExportedEvent>;

/** Verifies the events at these indexes with their proofs, each after the change. */
async function check(indexes: number[], change: Change = () => ({}), decode: Decode = decoder(TURNS)): Promise<number> {
  const verifier = new ExcerptVerifier(checkpoint(EVENTS), decode);
  for (const event of EVENTS.filter(({ leafIndex }) => indexes.includes(leafIndex))) {
    const proof = inclusionPath(event.leafIndex, 5, nodes).map((hash) => hash.toString('base64'));
    const proven = { ...event, proof };
    await verifier.add({ ...proven, ...change(proven) });
  }
  return verifier.events;
}

it('proves of a filtered export what is there', async () => {
  expect(await check([0, 1, 2, 3, 4])).toBe(5);
  expect(await check([1, 3])).toBe(2);
});

it('needs no path for the only event of a log', async () => {
  const events = historyOf(TURNS.slice(0, 1));
  const verifier = new ExcerptVerifier(checkpoint(events), decoder(TURNS));
  for (const event of events) await verifier.add(event);
  expect(verifier.events).toBe(1);
});

it.each<[what: string, change: Change, line: number, reason: string]>([
  ['no path', () => ({ proof: [] }), 1, 'the proof does not lead to the checkpoint of size 5'],
  [
    'another spelling of the path',
    ({ proof = [] }) => ({ proof: proof.map((hash) => hash.replace('=', '')) }),
    1,
    'the proof does not lead to the checkpoint of size 5',
  ],
  ['another index', () => ({ leafIndex: 0 }), 1, 'the proof does not lead to the checkpoint of size 5'],
  ['an index again', () => ({ leafIndex: 1 }), 2, 'the leaf index is not after 1'],
  ['an index below zero', () => ({ leafIndex: -1 }), 1, 'the leaf index is not after -1'],
  ['a position again', () => ({ position: 10 }), 2, 'the position is not after 10'],
  ['a position below zero', () => ({ position: -1 }), 1, 'the position is not after -1'],
  ['a changed member', () => ({ id: 'other' }), 1, 'the leaf is not the hash of the event'],
])('finds %s', async (_what, change, line, reason) => {
  expect(await faultOf(() => check([1, 3], change))).toEqual([line, line, reason]);
});

describe('of two events of one account', () => {
  const first = at(START + 1000);

  /** Verifies the second and the fourth event, where the fourth is decoded with these members. */
  const checkWith = (members: { version?: number; at?: string }) =>
    check([1, 3], undefined, (event) => ({ ...decoder(TURNS)(event), ...(event.leafIndex === 3 && members) }));

  it.each([
    ['the version again', { version: 2 }, 'the version is not after 2'],
    ['an older version', { version: 1 }, 'the version is not after 2'],
    ['a time that runs back', { at: at(START + 999) }, `its time ${at(START + 999)} is before ${first}`],
  ])('finds %s', async (_what, members, reason) => {
    expect(await faultOf(() => checkWith(members))).toEqual([2, 2, reason]);
  });

  it.each([{ version: 4 }, { at: first }])('accepts %j', async (members) => {
    expect(await checkWith(members)).toBe(2);
  });
});
