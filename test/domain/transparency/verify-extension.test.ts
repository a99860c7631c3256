import { toBase64 } from '../../../src/domain/transparency/bytes.js';
import { consistencyPath, EMPTY_ROOT, treeRoot } from '../../../src/domain/transparency/merkle-tree.js';
import { type Extended, verifyExtension } from '../../../src/domain/transparency/verify-extension.js';
import { leaves, stored } from '../../support/rfc6962.js';

const SIZE = 12;
const { nodes } = stored(leaves(SIZE));
const others = stored(leaves(2 * SIZE).slice(SIZE)).nodes;

const checkpoint = (size: number, of = nodes) => ({
  origin: 'a-log',
  size,
  root: size === 0 ? EMPTY_ROOT : treeRoot(size, of),
});
const proof = (size: number) => ({ size, path: consistencyPath(size, SIZE, nodes).map(toBase64) });
const own = checkpoint(SIZE);
const every = Array.from({ length: SIZE + 1 }, (_, size) => size);

it.each(every)('an export shows that its log begins with the events of a kept checkpoint of size %p', async (size) => {
  const proofs = every.slice(1, -1).map(proof);
  expect(await verifyExtension(checkpoint(size), own, proofs)).toBe<Extended>('extended');
});

it.each(every.slice(1))('an export contradicts a kept checkpoint of other events, of size %p', async (size) => {
  const proofs = every.slice(1, -1).map(proof);
  expect(await verifyExtension(checkpoint(size, others), own, proofs)).toBe<Extended>('contradicted');
});

it.each([
  ['of another size', [{ ...proof(5), size: 7 }]],
  ['that lacks a hash', [{ size: 7, path: proof(7).path.slice(1) }]],
  ['with a hash that is none', [{ size: 7, path: ['nonsense', ...proof(7).path.slice(1)] }]],
])('a proof %s shows nothing', async (_what, proofs) => {
  expect(await verifyExtension(checkpoint(7), own, proofs)).toBe<Extended>('contradicted');
});

it.each([
  ['none', undefined],
  ['those of others', [proof(6), proof(8)]],
])('without its proof, an earlier checkpoint stays unshown: %s', async (_what, proofs) => {
  expect(await verifyExtension(checkpoint(7), own, proofs)).toBe<Extended>('unshown');
});

it('a checkpoint of more events than the export covers is ahead of it', async () => {
  expect(await verifyExtension(own, checkpoint(7), [proof(7)])).toBe<Extended>('behind');
});
