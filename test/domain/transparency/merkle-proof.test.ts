import fc from 'fast-check';
import { toBase64 } from '../../../src/domain/transparency/bytes.js';
import { consistencySides, inclusionSides } from '../../../src/domain/transparency/merkle-path.js';
import {
  type ConsistencyProof,
  decodePath,
  type HashNode,
  type InclusionProof,
  verifyConsistency,
  verifyInclusion,
} from '../../../src/domain/transparency/merkle-proof.js';
import {
  consistencyPath,
  EMPTY_ROOT,
  hashLeaf,
  hashNode,
  inclusionPath,
  treeRoot,
} from '../../../src/domain/transparency/merkle-tree.js';
import { webHashNode } from '../../../src/domain/transparency/web-hashes.js';
import { rounds } from '../../support/long.js';
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

/** Those of the proofs that are believed. By default hashed by node:crypto, which takes a fraction of the time. */
async function believed<P>(
  proofs: P[],
  verify: (proof: P, hashNode: HashNode) => Promise<boolean>,
  hash: HashNode = hashNode,
): Promise<P[]> {
  const verdicts = await Promise.all(proofs.map((proof) => verify(proof, hash)));
  return proofs.filter((_, index) => verdicts[index]);
}

describe.each<[name: string, hash: HashNode]>([
  ['the Web Cryptography API', webHashNode],
  ['node:crypto', hashNode],
])('hashed by %s', (_name, hash) => {
  it.each(PUBLISHED_INCLUSION)('believes the published path of leaf %i in the tree of %i', async (index, size, path) => {
    const leafHash = hashLeaf(PUBLISHED_LEAVES[index] ?? Buffer.alloc(0));
    const proof = { index, size, leafHash, root: publishedRoot(size), path: bytes(path) };
    expect(await verifyInclusion(proof, hash)).toBe(true);
    expect(await believed(wrongInclusions(proof), verifyInclusion, hash)).toEqual([]);
  });

  it.each(PUBLISHED_CONSISTENCY)('believes the published proof that size %i grew into size %i', async (first, second, path) => {
    const proof = { first, second, firstRoot: publishedRoot(first), secondRoot: publishedRoot(second), path: bytes(path) };
    expect(await verifyConsistency(proof, hash)).toBe(true);
    expect(await believed(wrongConsistencies(proof), verifyConsistency, hash)).toEqual([]);
  });
});

const SIZES = Array.from({ length: rounds(20, 131) }, (_, size) => size);

it.each(SIZES)('believes every true proof of size %i', async (size) => {
  for (let index = 0; index < size; index += 1) {
    expect(await verifyInclusion(inclusion(index, size), hashNode)).toBe(true);
    expect(await verifyConsistency(consistency(index, size), hashNode)).toBe(true);
  }
  expect(await verifyConsistency(consistency(size, size), hashNode)).toBe(true);
});

const size = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: contents.length }));

it('believes no proof in which a bit of the leaf, the root, the path or the index is flipped', async () => {
  await fc.assert(
    fc.asyncProperty(size, fc.nat(), async (at, index) => {
      const proof = inclusion(index % at, at);
      expect(await verifyInclusion(proof, hashNode)).toBe(true);
      expect(await believed(wrongInclusions(proof), verifyInclusion)).toEqual([]);
    }),
    { numRuns: rounds(10, 50) },
  );
});

it('believes no proof in which a bit of a root, the path or the first size is flipped', async () => {
  await fc.assert(
    fc.asyncProperty(size, fc.nat(), async (at, first) => {
      const proof = consistency(1 + (first % at), at);
      expect(await verifyConsistency(proof, hashNode)).toBe(true);
      expect(await believed(wrongConsistencies(proof), verifyConsistency)).toEqual([]);
    }),
    { numRuns: rounds(10, 50) },
  );
});

it('believes no other size with its own root', async () => {
  await fc.assert(
    fc.asyncProperty(size, size, fc.nat(), async (at, other, number) => {
      fc.pre(at !== other);
      const root = treeRoot(other, nodes);
      expect(await verifyInclusion({ ...inclusion(number % at, at), size: other, root }, hashNode)).toBe(false);
      expect(
        await verifyConsistency({ ...consistency(1 + (number % at), at), second: other, secondRoot: root }, hashNode),
      ).toBe(false);
    }),
    { numRuns: rounds(40, 2000) },
  );
});

/** RFC 9162 allows it: a checkpoint signs size and root together. */
it('believes another size with the same root exactly where both trees have the same shape along the path', async () => {
  await fc.assert(
    fc.asyncProperty(size, fc.nat(), async (at, number) => {
      const [index, first] = [number % at, 1 + (number % at)];
      for (const other of flippedNumbers(at)) {
        const sameForLeaf = pathShape(index, other) === pathShape(index, at);
        expect(await verifyInclusion({ ...inclusion(index, at), size: other }, hashNode)).toBe(sameForLeaf);
        const sameForTree = proofShape(first, other) === proofShape(first, at);
        expect(await verifyConsistency({ ...consistency(first, at), second: other }, hashNode)).toBe(sameForTree);
      }
    }),
    { numRuns: rounds(10, 50) },
  );
});

it('believes no hashes of another length, though the same bytes are hashed', async () => {
  const { path, leafHash, ...proof } = inclusion(0, 2);
  const joined = Buffer.concat([leafHash, ...path]);
  expect(await verifyInclusion({ ...proof, leafHash: joined.subarray(0, 32), path: [joined.subarray(32)] })).toBe(true);
  expect(await verifyInclusion({ ...proof, leafHash: joined.subarray(0, 31), path: [joined.subarray(31)] })).toBe(false);
  const grown = consistency(1, 2);
  expect(await verifyConsistency({ ...grown, secondRoot: Buffer.alloc(0) })).toBe(false);
  expect(await verifyConsistency({ ...consistency(0, 2), secondRoot: Buffer.alloc(0) })).toBe(false);
});

it('takes the empty tree for the beginning of every tree, and nothing else for the empty tree', async () => {
  const grown = consistency(0, 5);
  expect(await verifyConsistency(grown)).toBe(true);
  expect(
    await believed(
      flipped(grown.firstRoot).map((firstRoot) => ({ ...grown, firstRoot })),
      verifyConsistency,
    ),
  ).toEqual([]);
  expect(await verifyConsistency({ ...grown, path: [EMPTY_ROOT] })).toBe(false);
  expect(await verifyConsistency({ ...grown, second: 0 })).toBe(false);
  const same = consistency(5, 5);
  const both = { ...same, first: 0, second: 0 };
  expect(await verifyConsistency(both)).toBe(false);
  expect(await verifyConsistency({ ...both, firstRoot: EMPTY_ROOT, secondRoot: EMPTY_ROOT })).toBe(true);
});

it('reads a path in which every hash has its one spelling, and no other', () => {
  const path = [EMPTY_ROOT, hashLeaf(EMPTY_ROOT)];
  const [first = '', second = ''] = path.map(toBase64);
  expect(decodePath([first, second])).toEqual(path.map((hash) => new Uint8Array(hash)));
  expect(decodePath([])).toEqual([]);
  expect(decodePath([first, second.replace('=', '')])).toBeUndefined();
});

it('goes from a leaf and from a smaller tree to the root by these sides', () => {
  expect(inclusionSides(2, 7)).toEqual(['right', 'left', 'right']);
  expect(consistencySides(3, 7)).toEqual({ startsInPath: true, sides: ['right', 'left', 'right'] });
  expect(consistencySides(4, 7)).toEqual({ startsInPath: false, sides: ['right'] });
});

it('believes no numbers that no tree has', async () => {
  for (const wrong of [-1, 0.5, Number.NaN, 2 ** 53, Number.POSITIVE_INFINITY]) {
    expect(await verifyInclusion({ ...inclusion(0, 1), index: wrong })).toBe(false);
    expect(await verifyInclusion({ ...inclusion(0, 1), size: wrong })).toBe(false);
    expect(await verifyConsistency({ ...consistency(0, 1), first: wrong })).toBe(false);
    expect(await verifyConsistency({ ...consistency(0, 1), second: wrong })).toBe(false);
  }
  expect(await verifyInclusion({ ...inclusion(0, 1), index: 1 })).toBe(false);
  expect(await verifyInclusion({ ...inclusion(0, 1), size: 0 })).toBe(false);
  expect(await verifyConsistency({ ...consistency(4, 8), first: 8, second: 4 })).toBe(false);
  expect(await verifyConsistency({ ...consistency(3, 8), path: [] })).toBe(false);
});
