import fc from 'fast-check';
import { hasLoneMark, hasUnseen, isVisible } from '../../../src/domain/keys/key-name.js';

const isGood = (name: string) => !hasUnseen(name) && !hasLoneMark(name) && isVisible(name);

it.each([
  'ci',
  "Ada's laptop (2026)",
  'Schlüssel',
  'Schlu\u0308ssel',
  'ключ',
  '鍵',
  '열쇠',
  'مفتاح ١',
  'می\u200cخواهم',
  'מפתח',
  'क्\u200dष कुंजी',
  'র\u200d্যাম',
  'ه\u200d',
  'ក្រុមហ៊ុន',
  'กุญแจ',
  'Tiếng Việt',
  '🔑',
  '❤\ufe0f',
  '1\ufe0f\u20e3',
  '👩\u200d💻',
  '👨\u200d👩\u200d👧\u200d👦',
  '🏳\ufe0f\u200d🌈',
  'a🏴\u200d☠\ufe0f',
  '⛹🏽\u200d♂\ufe0f',
  'ℹ\ufe0f',
  '👋🏽',
  '🇱🇹',
  '🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}',
  '葛\u{e0100}',
  'a b',
  'a\u00a0b',
  '—',
  '²',
  '\ufffd',
])('takes %s', (name) => {
  expect([hasUnseen(name), hasLoneMark(name), isVisible(name)]).toEqual([false, false, true]);
});

describe('refuses what nobody can see, alone and among letters', () => {
  it.each<[what: string, character: string]>([
    ['NUL', '\0'],
    ['a tab', '\t'],
    ['a C1 control', '\u0085'],
    ['a line separator', '\u2028'],
    ['a paragraph separator', '\u2029'],
    ['a zero-width space', '\u200b'],
    ['a left-to-right mark', '\u200e'],
    ['a right-to-left mark', '\u200f'],
    ['an Arabic letter mark', '\u061c'],
    ['an override of the direction', '\u202e'],
    ['an isolate', '\u2066'],
    ['a word joiner', '\u2060'],
    ['an invisible plus', '\u2064'],
    ['a byte-order mark', '\ufeff'],
    ['a soft hyphen', '\u00ad'],
    ['a grapheme joiner', '\u034f'],
    ['a Hangul filler', '\u3164'],
    ['a half-width Hangul filler', '\uffa0'],
    ['a Hangul choseong filler', '\u115f'],
    ['a Khmer inherent vowel', '\u17b4'],
    ['a tag', '\u{e0041}'],
    ['a musical control', '\u{1d173}'],
    ['a shorthand control', '\u{1bca0}'],
    ['an unassigned ignorable', '\u{e0080}'],
    ['an interlinear anchor', '\ufff9'],
    ['an object replacement', '\ufffc'],
    ['private use', '\ue000'],
    ['private use of plane 15', '\u{f0000}'],
    ['private use of plane 16', '\u{10fffd}'],
    ['a noncharacter', '\uffff'],
    ['a noncharacter of Arabic forms', '\ufdd0'],
    ['the last noncharacter', '\u{10ffff}'],
    ['half a surrogate pair', '\ud83d'],
    ['the other half', '\udc00'],
    ['a blank of Braille', '\u2800'],
  ])('%s', (_what, character) => {
    for (const name of [character, `a${character}b`, `${character}a`, `a${character}`]) expect(hasUnseen(name)).toBe(true);
  });

  it('whatever Unicode calls ignorable, private, or no character', () => {
    const allowed = /[\p{Join_Control}\p{Variation_Selector}]/u;
    const unseen = /[\p{Default_Ignorable_Code_Point}\p{Co}\p{Cs}\p{Cc}\p{Noncharacter_Code_Point}]/u;
    for (let code = 0; code <= 0x10ffff; code += 1) {
      const character = String.fromCodePoint(code);
      if (unseen.test(character) && !allowed.test(character) && !hasUnseen(`a${character}b`)) {
        throw new Error(`U+${code.toString(16)} is taken`);
      }
    }
  });

  it.each([
    'a\u200db',
    'a\u200cb',
    'key\u200d',
    'a\ufe0fb',
    'é\u200d',
    'e\u0301\u200db',
    'кл\u200cюч',
    'λ\u{e0100}',
    'می\u200c\u200cخواهم',
    '👩\u200d\u200d💻',
    '❤\ufe0f\ufe0f',
  ])('a joiner or a variation selector that changes nothing: %j', (name) => {
    expect(hasUnseen(name)).toBe(true);
  });

  it('half a surrogate pair before a flag, and the other half after it', () => {
    expect(hasUnseen('\ud83d🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}\udd11')).toBe(true);
  });

  it('tags that are no flag', () => {
    for (const name of ['a\u{e0067}\u{e007f}', '🔑\u{e0067}\u{e007f}', '🏴\u{e0067}', '🏴\u{e0001}\u{e007f}']) {
      expect(hasUnseen(name)).toBe(true);
    }
  });
});

it.each([
  '\u0301',
  '\u0301a',
  'a \u0301',
  'a\u00a0\u0301b',
  '\u20dd',
  '\u0903',
  '\ufe0f',
  '\ufe0fa',
  '\u200d\u0301',
  '\u200da',
  'a \u200cb',
])('refuses a mark that stands on nothing: %j', (name) => {
  expect(hasLoneMark(name)).toBe(true);
});

it.each(['', ' ', '\u00a0\u3000', '\u1680', '\u200c', '\u0301\u0302', '\ufe0f', '\u0378', '\u{e0100}'])(
  'finds nothing to be seen in %j',
  (name) => {
    expect(isVisible(name)).toBe(false);
  },
);

it('finds in every name that it takes something to be seen', () => {
  const seen = /[\p{L}\p{N}\p{P}\p{S}]/u;
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 5 }), (name) => !isGood(name) || seen.test(name)));
});
