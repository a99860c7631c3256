import { hashLeaf } from '../../../src/domain/transparency/merkle-tree.js';
import { TreeFrontier } from '../../../src/domain/transparency/tree-frontier.js';
import { definition, leaves } from '../../support/rfc6962.js';

it('knows the root of a tree by its edge alone', () => {
  const contents = leaves(200);
  const expected = definition(contents);
  const tree = new TreeFrontier();
  expect(tree.root()).toEqual(expected.root(0));
  for (const leaf of contents) {
    tree.append(hashLeaf(leaf));
    expect(tree.root()).toEqual(expected.root(tree.size));
  }
});
