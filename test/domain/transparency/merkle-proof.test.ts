import fc from 'fast-check';
import {
  type ConsistencyProof,
  type InclusionProof,
  verifyConsistency,
  verifyInclusion,
} from '../../../src/domain/transparency/merkle-proof.js';
import {
  consistencyPath,
  EMPTY_ROOT,
  hashLeaf,
  inclusionPath,
  treeRoot,
} from '../../../src/domain/transparency/merkle-tree.js';
import {
  leaves,
  PUBLISHED_CONSISTENCY,
  PUBLISHED_INCLUSION,
  PUBLISHED_LEAVES,
  PUBLISHED_ROOTS,
  pathShape,
  proofShape,
  stored,
} from '../../support/rfc6962.js';

const contents = leaves(1000);
const { nodes } = stored(contents);
const bytes = (hashes: string[]) => hashes.map((text) => Buffer.from(text, 'hex'));
const publishedRoot = (size: number) => PUBLISHED_ROOTS[size - 1] ?? EMPTY_ROOT;

function inclusion(index: number, size: number): InclusionProof {
  const leafHash = hashLeaf(contents[index] ?? Buffer.alloc(0));
  return { index, size, leafHash, root: treeRoot(size, nodes), path: inclusionPath(index, size, nodes) };
}

function consistency(first: number, second: number): ConsistencyProof {
  const [firstRoot, secondRoot] = [treeRoot(first, nodes), treeRoot(second, nodes)];
  return { first, second, firstRoot, secondRoot, path: consistencyPath(first, second, nodes) };
}

/** The hash with each of its bits flipped in turn. */
function flipped(hash: Uint8Array): Uint8Array[] {
  return Array.from({ length: hash.length * 8 }, (_, bit) => {
    const copy = Buffer.from(hash);
    copy.writeUInt8(copy.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
    return copy;
  });
}

function flippedPaths(path: readonly Uint8Array[]): Uint8Array[][] {
  return path.flatMap((hash, step) => flipped(hash).map((wrong) => path.with(step, wrong)));
}

/** The number with each of 53 bits flipped in turn. */
function flippedNumbers(value: number): number[] {
  return Array.from({ length: 53 }, (_, bit) => Number(BigInt(value) ^ (1n << BigInt(bit))));
}

function wrongPaths(path: readonly Uint8Array[]): Uint8Array[][] {
  const short = EMPTY_ROOT.subarray(1);
  const long = Buffer.concat([EMPTY_ROOT, EMPTY_ROOT]);
  return [[EMPTY_ROOT], [short], [long]].flatMap((extra) => [
    [...path, ...extra],
    [...extra, ...path],
  ]);
}

function wrongInclusions(proof: InclusionProof): InclusionProof[] {
  return [
    ...flipped(proof.leafHash).map((leafHash) => ({ ...proof, leafHash })),
    ...flipped(proof.root).map((root) => ({ ...proof, root })),
    ...[...flippedPaths(proof.path), ...wrongPaths(proof.path)].map((path) => ({ ...proof, path })),
    ...proof.path.map((_, step) => ({ ...proof, path: proof.path.toSpliced(step, 1) })),
    ...flippedNumbers(proof.index).map((index) => ({ ...proof, index })),
  ];
}

function wrongConsistencies(proof: ConsistencyProof): ConsistencyProof[] {
  return [
    ...flipped(proof.firstRoot).map((firstRoot) => ({ ...proof, firstRoot })),
    ...flipped(proof.secondRoot).map((secondRoot) => ({ ...proof, secondRoot })),
    ...[...flippedPaths(proof.path), ...wrongPaths(proof.path)].map((path) => ({ ...proof, path })),
    ...proof.path.map((_, step) => ({ ...proof, path: proof.path.toSpliced(step, 1) })),
    ...flippedNumbers(proof.first).map((first) => ({ ...proof, first })),
  ];
}

it.each(PUBLISHED_INCLUSION)('believes the published path of leaf %i in the tree of %i', (index, size, path) => {
  const leafHash = hashLeaf(PUBLISHED_LEAVES[index] ?? Buffer.alloc(0));
  const proof = { index, size, leafHash, root: publishedRoot(size), path: bytes(path) };
  expect(verifyInclusion(proof)).toBe(true);
  expect(wrongInclusions(proof).filter(verifyInclusion)).toEqual([]);
});

it.each(PUBLISHED_CONSISTENCY)('believes the published proof that size %i grew into size %i', (first, second, path) => {
  const proof = { first, second, firstRoot: publishedRoot(first), secondRoot: publishedRoot(second), path: bytes(path) };
  expect(verifyConsistency(proof)).toBe(true);
  expect(wrongConsistencies(proof).filter(verifyConsistency)).toEqual([]);
});

const SIZES = Array.from({ length: 131 }, (_, size) => size);

it.each(SIZES)('believes every true proof of size %i', (size) => {
  for (let index = 0; index < size; index += 1) {
    expect(verifyInclusion(inclusion(index, size))).toBe(true);
    expect(verifyConsistency(consistency(index, size))).toBe(true);
  }
  expect(verifyConsistency(consistency(size, size))).toBe(true);
});

const size = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: contents.length }));

it('believes no proof in which a bit of the leaf, the root, the path or the index is flipped', () => {
  fc.assert(
    fc.property(size, fc.nat(), (at, index) => {
      const proof = inclusion(index % at, at);
      expect(verifyInclusion(proof)).toBe(true);
      expect(wrongInclusions(proof).filter(verifyInclusion)).toEqual([]);
    }),
    { numRuns: 50 },
  );
});

it('believes no proof in which a bit of a root, the path or the first size is flipped', () => {
  fc.assert(
    fc.property(size, fc.nat(), (at, first) => {
      const proof = consistency(1 + (first % at), at);
      expect(verifyConsistency(proof)).toBe(true);
      expect(wrongConsistencies(proof).filter(verifyConsistency)).toEqual([]);
    }),
    { numRuns: 50 },
  );
});

it('believes no other size with its own root', () => {
  fc.assert(
    fc.property(size, size, fc.nat(), (at, other, number) => {
      fc.pre(at !== other);
      const root = treeRoot(other, nodes);
      expect(verifyInclusion({ ...inclusion(number % at, at), size: other, root })).toBe(false);
      expect(verifyConsistency({ ...consistency(1 + (number % at), at), second: other, secondRoot: root })).toBe(false);
    }),
    { numRuns: 2000 },
  );
});

/** RFC 9162 allows it: a checkpoint signs size and root together. */
it('believes another size with the same root exactly where both trees have the same shape along the path', () => {
  fc.assert(
    fc.property(size, fc.nat(), (at, number) => {
      const [index, first] = [number % at, 1 + (number % at)];
      for (const other of flippedNumbers(at)) {
        const sameForLeaf = pathShape(index, other) === pathShape(index, at);
        expect(verifyInclusion({ ...inclusion(index, at), size: other })).toBe(sameForLeaf);
        const sameForTree = proofShape(first, other) === proofShape(first, at);
        expect(verifyConsistency({ ...consistency(first, at), second: other })).toBe(sameForTree);
      }
    }),
    { numRuns: 50 },
  );
});

it('believes no hashes of another length, though the same bytes are hashed', () => {
  const { path, leafHash, ...proof } = inclusion(0, 2);
  const joined = Buffer.concat([leafHash, ...path]);
  expect(verifyInclusion({ ...proof, leafHash: joined.subarray(0, 32), path: [joined.subarray(32)] })).toBe(true);
  expect(verifyInclusion({ ...proof, leafHash: joined.subarray(0, 31), path: [joined.subarray(31)] })).toBe(false);
  const grown = consistency(1, 2);
  expect(verifyConsistency({ ...grown, secondRoot: Buffer.alloc(0) })).toBe(false);
  expect(verifyConsistency({ ...consistency(0, 2), secondRoot: Buffer.alloc(0) })).toBe(false);
});

it('takes the empty tree for the beginning of every tree, and nothing else for the empty tree', () => {
  const grown = consistency(0, 5);
  expect(verifyConsistency(grown)).toBe(true);
  expect(flipped(grown.firstRoot).some((firstRoot) => verifyConsistency({ ...grown, firstRoot }))).toBe(false);
  expect(verifyConsistency({ ...grown, path: [EMPTY_ROOT] })).toBe(false);
  expect(verifyConsistency({ ...grown, second: 0 })).toBe(false);
  const same = consistency(5, 5);
  const both = { ...same, first: 0, second: 0 };
  expect(verifyConsistency(both)).toBe(false);
  expect(verifyConsistency({ ...both, firstRoot: EMPTY_ROOT, secondRoot: EMPTY_ROOT })).toBe(true);
});

it('believes no numbers that no tree has', () => {
  for (const wrong of [-1, 0.5, Number.NaN, 2 ** 53, Number.POSITIVE_INFINITY]) {
    expect(verifyInclusion({ ...inclusion(0, 1), index: wrong })).toBe(false);
    expect(verifyInclusion({ ...inclusion(0, 1), size: wrong })).toBe(false);
    expect(verifyConsistency({ ...consistency(0, 1), first: wrong })).toBe(false);
    expect(verifyConsistency({ ...consistency(0, 1), second: wrong })).toBe(false);
  }
  expect(verifyInclusion({ ...inclusion(0, 1), index: 1 })).toBe(false);
  expect(verifyInclusion({ ...inclusion(0, 1), size: 0 })).toBe(false);
  expect(verifyConsistency({ ...consistency(4, 8), first: 8, second: 4 })).toBe(false);
  expect(verifyConsistency({ ...consistency(3, 8), path: [] })).toBe(false);
});
