import fc from 'fast-check';
import { extendsTree, isIncluded, type Tree } from '../../src/dashboard/transparency/proofs.js';
import type { ShownEvent } from '../../src/dashboard/transparency/shown-event.js';
import { canonicalJson } from '../../src/domain/transparency/canonical-json.js';
import { consistencyPath, hashNode, inclusionPath, treeRoot } from '../../src/domain/transparency/merkle-tree.js';
import { rounds } from '../support/long.js';
import { PUBLISHED_CONSISTENCY, PUBLISHED_ROOTS, proofShape, stored } from '../support/rfc6962.js';

const eventAt = (schemaVersion: number): ShownEvent => ({
  account: 'acme',
  version: 1,
  type: 'KeyDeleted',
  schemaVersion,
  id: `event ${schemaVersion}`,
  data: { keyId: 'key' },
  metadata: { at: '2026-01-01T00:00:00.000Z', actor: 'ada' },
});

const COUNT = 70;
const events = Array.from({ length: COUNT }, (_, index) => eventAt(index));
const { nodes } = stored(events.map((event) => Buffer.from(canonicalJson(event))));

const base64 = (path: readonly Uint8Array[]) => path.map((hash) => Buffer.from(hash).toString('base64'));
const treeOf = (size: number): Tree => ({ size, root: Uint8Array.from(treeRoot(size, nodes)) });
const inclusionOf = (leafIndex: number, size: number) => ({ leafIndex, path: base64(inclusionPath(leafIndex, size, nodes)) });
const consistencyOf = (first: number, second: number) => base64(consistencyPath(first, second, nodes));

/** The hash with one bit flipped, shortened, lengthened, and empty. */
function wrongHashes(hash: string): string[] {
  const bytes = Buffer.from(hash, 'base64');
  const flipped = Buffer.from(bytes);
  flipped.writeUInt8(flipped.readUInt8(7) ^ 1, 7);
  return base64([flipped, bytes.subarray(1), Buffer.concat([bytes, bytes]), Buffer.alloc(0)]);
}

function wrongPaths(path: string[]): string[][] {
  const other = Buffer.alloc(32, 1).toString('base64');
  return [
    [...path, other],
    [other, ...path],
    ...path.flatMap((hash, step) => wrongHashes(hash).map((wrong) => path.with(step, wrong))),
    ...path.map((_, step) => path.toSpliced(step, 1)),
  ];
}

const size = fc.integer({ min: 1, max: COUNT });

it('takes every event for a leaf of each tree that holds it, and for no other leaf', async () => {
  await fc.assert(
    fc.asyncProperty(size, fc.nat(), async (held, number) => {
      const index = number % held;
      const [event, tree, proof] = [eventAt(index), treeOf(held), inclusionOf(index, held)];
      expect(await isIncluded(event, proof, tree)).toBe(true);
      expect(await isIncluded({ ...event, data: { keyId: 'another' } }, proof, tree)).toBe(false);
      for (const leafIndex of [index - 1, index + 1, -1, index + 0.5, held + index, Number.NaN]) {
        expect(await isIncluded(event, { ...proof, leafIndex }, tree)).toBe(false);
      }
      for (const path of wrongPaths(proof.path)) expect(await isIncluded(event, { ...proof, path }, tree)).toBe(false);
    }),
    { numRuns: rounds(10, 100) },
  );
});

it('takes a tree for the continuation of one that it begins with, and of no other', async () => {
  await fc.assert(
    fc.asyncProperty(size, fc.nat(), async (held, number) => {
      const first = 1 + (number % held);
      const [earlier, later, path] = [treeOf(first), treeOf(held), consistencyOf(first, held)];
      expect(await extendsTree(earlier, later, path)).toBe(true);
      const other = Uint8Array.from(earlier.root).fill(1, 0, 8);
      expect(await extendsTree({ ...earlier, root: other }, later, path)).toBe(false);
      expect(await extendsTree(earlier, { ...later, root: other }, path)).toBe(false);
      for (let size = first; size <= COUNT; size += 1) {
        const isAlike = proofShape(first, size) === proofShape(first, held);
        expect(await extendsTree(earlier, { ...later, size }, path)).toBe(isAlike);
      }
      for (const wrong of wrongPaths(path)) expect(await extendsTree(earlier, later, wrong)).toBe(false);
    }),
    { numRuns: rounds(10, 100) },
  );
});

it.each(PUBLISHED_CONSISTENCY)('believes the published proof that size %i grew into size %i', async (first, second, path) => {
  const tree = (size: number) => ({ size, root: Uint8Array.from(PUBLISHED_ROOTS[size - 1] ?? []) });
  expect(await extendsTree(tree(first), tree(second), base64(path.map((hex) => Buffer.from(hex, 'hex'))))).toBe(true);
});

it.each([0, 1, 31, 33, 64])(
  'believes no rewritten log whose proof hashes the right bytes in other portions: %i',
  async (portion) => {
    const before = Buffer.concat([nodes(1, 0), nodes(0, 2)]);
    const [left, start] = [before.subarray(0, 64 - portion), before.subarray(64 - portion)];
    const rest = Buffer.alloc(64 - portion, 1);
    const root = Uint8Array.from(hashNode(left, hashNode(start, rest)));
    expect(await extendsTree(treeOf(3), { size: 4, root }, base64([start, rest, left]))).toBe(false);
  },
);
