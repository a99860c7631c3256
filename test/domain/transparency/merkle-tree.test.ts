import fc from 'fast-check';
import {
  appendLeaf,
  consistencyPath,
  EMPTY_ROOT,
  hashLeaf,
  hashNode,
  inclusionPath,
  treeRoot,
} from '../../../src/domain/transparency/merkle-tree.js';
import { rounds } from '../../support/long.js';
import {
  definition,
  leaves,
  PUBLISHED_CONSISTENCY,
  PUBLISHED_INCLUSION,
  PUBLISHED_LEAVES,
  PUBLISHED_ROOTS,
  stored,
} from '../../support/rfc6962.js';

const published = stored(PUBLISHED_LEAVES);
const SIZES = Array.from({ length: 131 }, (_, size) => size);

const hex = (hashes: Uint8Array[]) => hashes.map((bytes) => Buffer.from(bytes).toString('hex'));

it('hashes leaves and nodes as published (transparency-dev/merkle, rfc6962/rfc6962_test.go)', () => {
  const hashes = [EMPTY_ROOT, hashLeaf(Buffer.from('')), hashLeaf(Buffer.from('L123456'))];
  expect(hex([...hashes, hashNode(Buffer.from('N123'), Buffer.from('N456'))])).toEqual([
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    '395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56',
    'aa217fe888e47007fa15edab33c2b492a722cb106c64667fc2b044444de66bbb',
  ]);
});

it('has the published roots at every size', () => {
  expect(treeRoot(0, published.nodes)).toEqual(EMPTY_ROOT);
  expect(hex(PUBLISHED_ROOTS.map((_, index) => treeRoot(index + 1, published.nodes)))).toEqual(hex(PUBLISHED_ROOTS));
});

it.each(PUBLISHED_INCLUSION)('has the published path of leaf %i in the tree of %i', (index, size, path) => {
  expect(hex(inclusionPath(index, size, published.nodes))).toEqual(path);
});

it.each(PUBLISHED_CONSISTENCY)('has the published proof that size %i grew into size %i', (first, second, path) => {
  expect(hex(consistencyPath(first, second, published.nodes))).toEqual(path);
});

describe('over the largest of these trees, as RFC 6962 defines it', () => {
  const contents = leaves(SIZES.length - 1);
  const { nodes } = stored(contents);
  const rfc = definition(contents);

  it.each(SIZES)('has the root, every path and every proof of size %i', (size) => {
    expect(treeRoot(size, nodes)).toEqual(rfc.root(size));
    for (let index = 0; index < size; index += 1) {
      expect(hex(inclusionPath(index, size, nodes))).toEqual(hex(rfc.path(index, size)));
      expect(hex(consistencyPath(index + 1, size, nodes))).toEqual(hex(rfc.proof(index + 1, size)));
    }
  });
});

describe('of many leaves', () => {
  const contents = leaves(5000);
  const tree = stored(contents);
  const rfc = definition(contents);
  const size = fc.integer({ min: 1, max: contents.length });

  it('has the root, paths and proofs of any earlier size', () => {
    fc.assert(
      fc.property(size, fc.nat(), fc.nat(), (at, index, first) => {
        expect(treeRoot(at, tree.nodes)).toEqual(rfc.root(at));
        expect(hex(inclusionPath(index % at, at, tree.nodes))).toEqual(hex(rfc.path(index % at, at)));
        expect(hex(consistencyPath(1 + (first % at), at, tree.nodes))).toEqual(hex(rfc.proof(1 + (first % at), at)));
      }),
      { numRuns: rounds(30, 500) },
    );
  });

  it('asks for a number of nodes that grows with the logarithm of the size', () => {
    fc.assert(
      fc.property(size, fc.nat(), (at, index) => {
        const before = tree.asked();
        treeRoot(at, tree.nodes);
        inclusionPath(index % at, at, tree.nodes);
        consistencyPath(1 + (index % at), at, tree.nodes);
        expect(tree.asked() - before).toBeLessThanOrEqual(6 * Math.log2(at) + 6);
      }),
    );
  });

  it('stores each complete node once: two a leaf, less one for every one in the binary size', () => {
    const ones = contents.length.toString(2).replaceAll('0', '').length;
    expect(tree.count()).toBe(2 * contents.length - ones);
  });
});

it('numbers the nodes that a leaf completes, beyond 32 bits too', () => {
  const leaf = hashLeaf(Buffer.from('a'));
  const numbers = (index: number) => appendLeaf(index, leaf, () => leaf).map((node) => [node.level, node.index]);
  expect(numbers(6)).toEqual([[0, 6]]);
  expect(numbers(7)).toEqual([
    [0, 7],
    [1, 3],
    [2, 1],
    [3, 0],
  ]);
  expect(numbers(2 ** 40 + 1)).toEqual([
    [0, 2 ** 40 + 1],
    [1, 2 ** 39],
  ]);
});

it('asks only for nodes that are complete, whatever the size', () => {
  const sizes = fc.oneof(
    fc.integer({ min: 1, max: 2 ** 20 }),
    fc.maxSafeInteger().filter((value) => value > 0),
  );
  fc.assert(
    fc.property(sizes, fc.maxSafeInteger(), (size, number) => {
      const at = Math.abs(number) % size;
      const complete = (level: number, index: number) => {
        expect((BigInt(index) + 1n) * 2n ** BigInt(level)).toBeLessThanOrEqual(BigInt(size));
        return EMPTY_ROOT;
      };
      treeRoot(size, complete);
      inclusionPath(at, size, complete);
      consistencyPath(at, size, complete);
    }),
    { numRuns: rounds(10, 100) },
  );
});

it('refuses numbers that no tree has', () => {
  const { nodes } = published;
  for (const number of [-1, 0.5, Number.NaN, 2 ** 53]) {
    expect(() => treeRoot(number, nodes)).toThrow(RangeError);
    expect(() => inclusionPath(number, 8, nodes)).toThrow(RangeError);
    expect(() => inclusionPath(0, number, nodes)).toThrow(RangeError);
    expect(() => consistencyPath(number, 8, nodes)).toThrow(RangeError);
    expect(() => consistencyPath(0, number, nodes)).toThrow(RangeError);
  }
  expect(() => treeRoot(-1, nodes)).toThrow('The size should be a whole number from 0, but is -1.');
  expect(() => inclusionPath(-1, 8, nodes)).toThrow('The index should be a whole number from 0, but is -1.');
  expect(() => inclusionPath(8, 8, nodes)).toThrow('The size should be a whole number from 9, but is 8.');
  expect(() => consistencyPath(0.5, 8, nodes)).toThrow('The first size should be a whole number from 0, but is 0.5.');
  expect(() => consistencyPath(8, 7, nodes)).toThrow('The second size should be a whole number from 8, but is 7.');
});
