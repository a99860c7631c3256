import fc from 'fast-check';

/** What breaks parsers: ends, quotes, escapes, control characters, halves of surrogate pairs, large numbers, names of Object's members. */
export const ODD_TEXTS = [
  '',
  ' ',
  '\t',
  '\n',
  '\r\n',
  '\r\n\r\n',
  '\0',
  '\ud800',
  '\udfff',
  '\u2028',
  '\ufeff',
  '\u202e',
  'é',
  '"',
  "'",
  '`',
  '\\',
  '%',
  '%00',
  '%zz',
  ';',
  ',',
  ':',
  '=',
  '&',
  '$',
  '{',
  '}',
  '[',
  ']',
  '(',
  '-1',
  '0',
  '1e999',
  '9007199254740993',
  '18446744073709551616',
  'null',
  'NaN',
  '__proto__',
  'constructor',
  'toString',
  '../../..',
  'x'.repeat(5000),
];

/** A text of any characters, or an odd one. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...ODD_TEXTS),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ maxLength: 200 }),
);

interface Edit {
  /** Where, as a fraction of the text. */
  at: number;
  removed: number;
  inserted: string;
}

/** A few edits of some text: pieces are removed, inserted and repeated. */
export interface Edits {
  edits: Edit[];
  copied: { from: number; length: number } | null;
}

const fraction = fc.double({ min: 0, max: 1, noNaN: true });

const edit: fc.Arbitrary<Edit> = fc.record({
  at: fraction,
  removed: fc.oneof(fc.nat(4), fc.nat(400)),
  inserted: fc.oneof({ arbitrary: fc.constant(''), weight: 2 }, { arbitrary: anyText, weight: 3 }),
});

export const someEdits: fc.Arbitrary<Edits> = fc.record({
  edits: fc.array(edit, { minLength: 1, maxLength: 4 }),
  copied: fc.option(fc.record({ from: fraction, length: fc.nat(200) })),
});

/** One of the texts with a few edits. */
export function edited(...texts: string[]): fc.Arbitrary<string> {
  return fc.tuple(fc.constantFrom(...texts), someEdits).map(([text, edits]) => withEdits(text, edits));
}

/** The text with these edits; as it is without any. */
export function withEdits(text: string, given: Edits | null): string {
  if (!given) return text;
  const { edits, copied } = given;
  const start = copied ? Math.floor(copied.from * text.length) : 0;
  const repeated = copied ? text.slice(0, start) + text.slice(start, start + copied.length) + text.slice(start) : text;
  return edits.reduce(applied, repeated);
}

function applied(text: string, { at, removed, inserted }: Edit): string {
  const start = Math.floor(at * text.length);
  return text.slice(0, start) + inserted + text.slice(start + removed);
}

/** The characters of the text that Node's client sends in a header. */
export const inHeader = (text: string) => text.replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, '').trim();

/** The characters of the text that Node's client sends in a request line, as a path. */
export const inAddress = (text: string) => text.replaceAll(/[^\x21-\x7e]/g, '').replace(/^\/?/, '/');
