import { hashLeaf } from '../../../src/domain/transparency/merkle-tree.js';
import { TreeFrontier } from '../../../src/domain/transparency/tree-frontier.js';
import { definition, leaves, stored } from '../../support/rfc6962.js';

const CONTENTS = leaves(200);
const expected = definition(CONTENTS);

/** Appends the leaves that the tree lacks, and compares its root at every size. */
function expectGrowth(tree: TreeFrontier): void {
  expect(tree.root()).toEqual(expected.root(tree.size));
  for (const leaf of CONTENTS.slice(tree.size)) {
    tree.append(hashLeaf(leaf));
    expect(tree.root()).toEqual(expected.root(tree.size));
  }
  expect(tree.size).toBe(CONTENTS.length);
}

it('knows the root of a tree by its edge alone', () => {
  expectGrowth(new TreeFrontier());
});

it.each([1, 2, 3, 127, 128, 150])('grows from %i leaves that were stored before', (size) => {
  expectGrowth(new TreeFrontier(size, stored(CONTENTS.slice(0, size)).nodes));
});

it('has no root if nothing is known of the leaves before', () => {
  expect(() => new TreeFrontier(6).root()).toThrow(new Error('The frontier of the tree lacks node 0 of level 2.'));
});
