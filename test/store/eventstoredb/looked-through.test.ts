import { LookedThrough } from '../../../src/store/eventstoredb/looked-through.js';

it('skips what was looked through, and nothing before or behind it', () => {
  const looked = new LookedThrough();
  expect(looked.skip('apiKeys', 5)).toBe(5);
  looked.record('apiKeys', 10, 20);
  expect([9, 10, 15, 20, 25].map((after) => looked.skip('apiKeys', after))).toEqual([9, 20, 20, 20, 25]);
  expect(looked.skip('apiKeyUsage', 10)).toBe(10);
});

it('knows the stretch that reaches farthest, whoever notes another', () => {
  const looked = new LookedThrough();
  looked.record('apiKeys', 10, 20);
  looked.record('apiKeys', 5, 8);
  looked.record('apiKeys', 20, 20);
  expect([5, 10, 20].map((after) => looked.skip('apiKeys', after))).toEqual([5, 20, 20]);
  looked.record('apiKeys', 20, 30);
  expect([10, 20].map((after) => looked.skip('apiKeys', after))).toEqual([10, 30]);
});

it('forgets', () => {
  const looked = new LookedThrough();
  looked.record('apiKeys', 10, 20);
  looked.forget('apiKeys');
  expect(looked.skip('apiKeys', 10)).toBe(10);
});
