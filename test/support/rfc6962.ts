import { hash } from 'node:crypto';
import { appendLeaf, hashLeaf, type NodeSource } from '../../src/domain/transparency/merkle-tree.js';

/**
 * The test vectors of Certificate Transparency's own implementations: leaves, and the roots of sizes 1 to 8. From
 * github.com/transparency-dev/merkle, proof/verify_test.go; before that google/certificate-transparency, merkle_tree_test.
 */
export const PUBLISHED_LEAVES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
].map((hex) => Buffer.from(hex, 'hex'));

export const PUBLISHED_ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
].map((hex) => Buffer.from(hex, 'hex'));

/** The leaf's index from 0, the tree's size, and the path. */
export const PUBLISHED_INCLUSION: [index: number, size: number, path: string[]][] = [
  [0, 1, []],
  [
    0,
    8,
    [
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ],
  ],
  [
    5,
    8,
    [
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ],
  ],
  [2, 3, ['fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125']],
  [
    1,
    5,
    [
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    ],
  ],
];

/** Both sizes, and the proof. */
export const PUBLISHED_CONSISTENCY: [first: number, second: number, path: string[]][] = [
  [1, 1, []],
  [
    1,
    8,
    [
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ],
  ],
  [
    6,
    8,
    [
      '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ],
  ],
  [
    2,
    5,
    [
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    ],
  ],
  [
    6,
    7,
    [
      '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
      'b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ],
  ],
];

/** Creates `count` leaves, all different. */
export function leaves(count: number): Buffer[] {
  return Array.from({ length: count }, (_, index) => Buffer.from(`leaf ${index}`));
}

/** The complete nodes of the tree of these leaves, appended one by one, and how many nodes were read. */
export function stored(contents: Buffer[]): { nodes: NodeSource; count: () => number; asked: () => number } {
  const table = new Map<string, Buffer>();
  let asked = 0;
  const nodes: NodeSource = (level, index) => {
    const found = table.get(`${level}/${index}`);
    if (!found) throw new Error(`There is no complete node ${index} on level ${level}.`);
    asked += 1;
    return found;
  };
  for (const [index, leaf] of contents.entries()) {
    for (const node of appendLeaf(index, hashLeaf(leaf), nodes)) table.set(`${node.level}/${node.index}`, node.hash);
  }
  asked = 0;
  return { nodes, count: () => table.size, asked: () => asked };
}

/** MTH, PATH and PROOF as RFC 6962, 2.1 defines them, computed from the leaves themselves. */
export function definition(contents: Buffer[]) {
  const known = new Map<string, Buffer>();
  const sha256 = (...parts: Uint8Array[]) => hash('sha256', Buffer.concat(parts), 'buffer');

  function compute(start: number, end: number): Buffer {
    const n = end - start;
    if (n === 0) return sha256();
    if (n === 1) return sha256(Buffer.from([0]), contents[start] ?? Buffer.alloc(0));
    return sha256(Buffer.from([1]), mth(start, start + split(n)), mth(start + split(n), end));
  }
  function mth(start: number, end: number): Buffer {
    const label = `${start}:${end}`;
    const root = known.get(label) ?? compute(start, end);
    known.set(label, root);
    return root;
  }
  function path(m: number, start: number, end: number): Buffer[] {
    if (end - start === 1) return [];
    const k = split(end - start);
    if (m < k) return [...path(m, start, start + k), mth(start + k, end)];
    return [...path(m - k, start + k, end), mth(start, start + k)];
  }
  function subproof(m: number, start: number, end: number, whole: boolean): Buffer[] {
    if (m === end - start) return whole ? [] : [mth(start, end)];
    const k = split(end - start);
    if (m <= k) return [...subproof(m, start, start + k, whole), mth(start + k, end)];
    return [...subproof(m - k, start + k, end, false), mth(start, start + k)];
  }
  return {
    root: (size: number) => mth(0, size),
    path: (index: number, size: number) => path(index, 0, size),
    proof: (first: number, second: number) => subproof(first, 0, second, true),
  };
}

/** The sides of PATH(m, D[n]), lowest first: all that a path reveals to a verifier about the tree's size. */
export function pathShape(m: number, n: number): string {
  if (m >= n) return 'none';
  if (n === 1) return '';
  const k = split(n);
  return m < k ? `${pathShape(m, k)}R` : `${pathShape(m - k, n - k)}L`;
}

/** The sides of SUBPROOF(m, D[n], whole), lowest first. */
export function proofShape(m: number, n: number, whole = true): string {
  if (m > n) return 'none';
  if (m === n) return whole ? 'root ' : 'part ';
  const k = split(n);
  return m <= k ? `${proofShape(m, k, whole)}R` : `${proofShape(m - k, n - k, false)}L`;
}

function split(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}
