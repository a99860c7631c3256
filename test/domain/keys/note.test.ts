import { faultOfNote } from '../../../src/domain/keys/note.js';

it.each([
  'Incident 42: found in a public repository',
  '@alice asked for it',
  'x'.repeat(200),
  '\u{1f511}'.repeat(200),
  'Zweck: „Prüfung“',
])('takes %j', (note) => {
  expect(faultOfNote(note)).toBeUndefined();
});

it.each([
  ['', /empty/],
  ['   ', /empty/],
  ['x'.repeat(201), /200 characters/],
  [`see kls_${'a'.repeat(49)}`, /secret/],
  ['ask alice@example.com', /e-mail/],
  ['ask alice@localhost', /e-mail/],
  ['ask alice\uff20example.com', /e-mail/],
  ['a\u200bb', /invisible/],
  ['a\nb', /invisible/],
  ['\u0301a', /combining/],
])('refuses %j', (note, why) => {
  expect(faultOfNote(note)).toMatch(why);
});
