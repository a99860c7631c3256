import { isShown } from '../support/shown-answer.js';

it.each([
  ['an answer', 'an answer\n', true],
  ['an answer', 'another answer', false],
  ['id …, end', 'id 12 (x), end', true],
  ['id …, end', 'id 12\n, end', false],
  ['…\nlast', 'a\nb\nlast', true],
  ['first\n…', 'first\na\nb\n', true],
  ['first\n…\nlast', 'first\nlast', true],
  ['first\n…', 'second\na', false],
])('%j is what shows %j: %s', (shown, answer, expected) => {
  expect(isShown(shown, answer, 'text')).toBe(expected);
});

it('in JSON, space between tokens does not count, within strings it does', () => {
  expect(isShown('{ "a": "b c…",\n "d": 1 }', '{"a":"b cd","d":1}', 'json')).toBe(true);
  expect(isShown('{ "a": "b c" }', '{"a":"bc"}', 'json')).toBe(false);
});
