import { isTooDeep, MAX_DEPTH } from '../../src/shared/nesting.js';
import { nested } from '../support/nested.js';

it.each<[how: string, json: (levels: number) => string]>([
  ['arrays', nested],
  ['objects', (levels) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`],
  ['arrays beside others', (levels) => `[0,[],"a",null,{"a":1},${nested(levels - 1)}]`],
  ['arrays in a member named like the prototype', (levels) => `{"__proto__":${nested(levels - 1)}}`],
])('tells %s that are nested too deeply', (_how, json) => {
  expect(isTooDeep(JSON.parse(json(MAX_DEPTH)))).toBe(false);
  expect(isTooDeep(JSON.parse(json(MAX_DEPTH + 1)))).toBe(true);
  expect(isTooDeep(JSON.parse(json(100_000)))).toBe(true);
});

it('JSON of the maximum depth can be written again', () => {
  const text = nested(MAX_DEPTH);
  expect(JSON.stringify(JSON.parse(text))).toBe(text);
});
