import type { ExportedEvent } from '../../../src/domain/transparency/exported-event.js';
import { leafBytes } from '../../../src/domain/transparency/leaf.js';
import { inclusionPath } from '../../../src/domain/transparency/merkle-tree.js';
import { ExcerptVerifier } from '../../../src/domain/transparency/verify-excerpt.js';
import { stored } from '../../support/rfc6962.js';
import { checkpoint, decoder, faultOf, historyOf, TURNS } from '../../support/turns.js';

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
