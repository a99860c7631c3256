import fc from 'fast-check';
import { canonicalJson, inCanonicalOrder, NotJson } from '../../../src/domain/transparency/canonical-json.js';
import { rounds } from '../../support/long.js';

function numberOf(bits: string): number {
  return Buffer.from(bits, 'hex').readDoubleBE();
}

it.each([
  ['0000000000000000', '0'],
  ['8000000000000000', '0'],
  ['0000000000000001', '5e-324'],
  ['8000000000000001', '-5e-324'],
  ['7fefffffffffffff', '1.7976931348623157e+308'],
  ['ffefffffffffffff', '-1.7976931348623157e+308'],
  ['4340000000000000', '9007199254740992'],
  ['c340000000000000', '-9007199254740992'],
  ['4430000000000000', '295147905179352830000'],
  ['44b52d02c7e14af5', '9.999999999999997e+22'],
  ['44b52d02c7e14af6', '1e+23'],
  ['44b52d02c7e14af7', '1.0000000000000001e+23'],
  ['444b1ae4d6e2ef4e', '999999999999999700000'],
  ['444b1ae4d6e2ef4f', '999999999999999900000'],
  ['444b1ae4d6e2ef50', '1e+21'],
  ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
  ['3eb0c6f7a0b5ed8d', '0.000001'],
  ['41b3de4355555553', '333333333.3333332'],
  ['41b3de4355555554', '333333333.33333325'],
  ['41b3de4355555555', '333333333.3333333'],
  ['41b3de4355555556', '333333333.3333334'],
  ['41b3de4355555557', '333333333.33333343'],
  ['becbf647612f3696', '-0.0000033333333333333333'],
  ['43143ff3c1cb0959', '1424953923781206.2'],
])('writes the number %s as %s (RFC 8785, appendix B)', (bits, text) => {
  expect(canonicalJson(numberOf(bits))).toBe(text);
});

it.each(['7fffffffffffffff', '7ff0000000000000', 'fff0000000000000'])(
  'refuses the number %s (RFC 8785, appendix B)',
  (bits) => {
    expect(() => canonicalJson(numberOf(bits))).toThrow(NotJson);
  },
);

it('gives the bytes of the example (RFC 8785, 3.2.2 to 3.2.4)', () => {
  const example = String.raw`{
    "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
    "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
    "literals": [null, true, false]
  }`;
  const bytes = `
    7b 22 6c 69 74 65 72 61 6c 73 22 3a 5b 6e 75 6c 6c 2c 74 72 75 65 2c 66 61 6c 73 65 5d 2c 22 6e 75 6d 62 65 72
    73 22 3a 5b 33 33 33 33 33 33 33 33 33 2e 33 33 33 33 33 33 33 2c 31 65 2b 33 30 2c 34 2e 35 2c 30 2e 30 30 32
    2c 31 65 2d 32 37 5d 2c 22 73 74 72 69 6e 67 22 3a 22 e2 82 ac 24 5c 75 30 30 30 66 5c 6e 41 27 42 5c 22 5c 5c
    5c 5c 5c 22 2f 22 7d`;
  expect(Buffer.from(canonicalJson(JSON.parse(example))).toString('hex')).toBe(bytes.replaceAll(/\s/g, ''));
});

it('sorts members by the UTF-16 code units of their names (RFC 8785, 3.2.3)', () => {
  const example = String.raw`{
    "\u20ac": "Euro Sign",
    "\r": "Carriage Return",
    "\ufb33": "Hebrew Letter Dalet With Dagesh",
    "1": "One",
    "\ud83d\ude00": "Emoji: Grinning Face",
    "\u0080": "Control",
    "\u00f6": "Latin Small Letter O With Diaeresis"
  }`;
  expect(canonicalJson(JSON.parse(example))).toBe(
    '{"\\r":"Carriage Return","1":"One","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis",' +
      '"\u20ac":"Euro Sign","\ud83d\ude00":"Emoji: Grinning Face","\ufb33":"Hebrew Letter Dalet With Dagesh"}',
  );
});

it('sorts whole numbers as text, at every depth, and keeps the order of arrays', () => {
  expect(canonicalJson([{ 10: 1, 9: { b: 1, a: [2, 1] } }, {}, []])).toBe('[{"10":1,"9":{"a":[2,1],"b":1}},{},[]]');
});

it('leaves out members that are undefined, and keeps those named like a part of every object', () => {
  expect(canonicalJson({ b: undefined, a: 1, c: undefined })).toBe('{"a":1}');
  expect(canonicalJson(JSON.parse('{"toString":1,"__proto__":{"a":1}}'))).toBe('{"__proto__":{"a":1},"toString":1}');
});

it('never asks a value for another one', () => {
  class Asked {
    readonly a = 1;
    toJSON() {
      return 'another';
    }
  }
  expect(canonicalJson({ b: new Asked() })).toBe('{"b":{"a":1}}');
});

it('puts members in order at every depth, so that their JSON is canonical', () => {
  const value = { b: [{ d: 1, c: undefined, a: null }], a: { z: 'z', y: [] } };
  const ordered = inCanonicalOrder(value);
  expect(JSON.stringify(ordered)).toBe('{"a":{"y":[],"z":"z"},"b":[{"a":null,"d":1}]}');
  expect(ordered).toEqual(value);
  expect(() => inCanonicalOrder({ a: Number.NaN })).toThrow(NotJson);
});

it.each([
  ['an unpaired high surrogate', 'a\ud800b', 'a string with half of a surrogate pair'],
  ['an unpaired low surrogate', '\udc00', 'a string with half of a surrogate pair'],
  ['a surrogate pair the wrong way round', '\ude00\ud83d', 'a string with half of a surrogate pair'],
  ['half of a surrogate pair in a name', { '\ud83d': 1 }, 'a string with half of a surrogate pair'],
  ['a number that is none', Number.NaN, 'the number NaN'],
  ['nothing at all', undefined, 'a value of type undefined'],
  ['a hole in an array', new Array(1), 'a value of type undefined'],
  ['undefined in an array', [undefined], 'a value of type undefined'],
  ['a bigint', 1n, 'a value of type bigint'],
  ['a function', { f: () => 1 }, 'a value of type function'],
  ['a symbol', [Symbol('s')], 'a value of type symbol'],
  ['a date', { at: new Date(0) }, 'an [object Date]'],
  ['a map', new Map(), 'an [object Map]'],
  ['bytes', Buffer.from('a'), 'an [object Uint8Array]'],
])('refuses %s', (_, value, what) => {
  expect(() => canonicalJson(value)).toThrow(NotJson);
  expect(() => canonicalJson(value)).toThrow(`JSON cannot hold ${what}, so the value has no canonical form (RFC 8785).`);
});

it('gives one text for a value, whatever the order of its members, which means the same value', () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
      const text = canonicalJson(value);
      expect(canonicalJson(JSON.parse(text))).toBe(text);
      expect(canonicalJson(withMembersReversed(value))).toBe(text);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
    }),
    { numRuns: rounds(300, 2000) },
  );
});

const anyCodeUnit = fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit));
const hostileName = fc.oneof(
  fc.constantFrom('__proto__', 'constructor', 'length', '', '0', '10', '9', '-1', '4294967295', '"', '\\', '\u007f'),
  fc.constantFrom('a', 'aa', 'B', '\u0080', '\u20ac', '\u2028', '\ud83d\ude00', '\ufb33'),
  fc.string({ unit: anyCodeUnit, maxLength: 4 }),
);
const { hostile } = fc.letrec<{ hostile: unknown }>((again) => ({
  hostile: fc.oneof(
    { depthSize: 'small' },
    fc.double(),
    fc.constantFrom(null, true, -0, 2 ** 53, 5e-324, 1e21, undefined),
    fc.string({ unit: anyCodeUnit, maxLength: 8 }),
    fc.array(again('hostile'), { maxLength: 4 }),
    fc.array(fc.tuple(hostileName, again('hostile')), { maxLength: 6 }).map((entries) => Object.fromEntries(entries)),
  ),
}));

it('gives the text that the rules give when each is applied by itself, or refuses, whatever the JSON', () => {
  const refused = 'refused';
  const textOrRefused = (write: (value: unknown) => string, value: unknown) => {
    try {
      return write(value);
    } catch (error) {
      if (!(error instanceof NotJson)) throw error;
      return refused;
    }
  };
  fc.assert(
    fc.property(hostile, (value) => {
      expect(textOrRefused(canonicalJson, value)).toBe(textOrRefused(byTheRules, value));
    }),
    { numRuns: rounds(500, 3000) },
  );
});

/** RFC 8785, 3.2, without any thought for speed. */
function byTheRules(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(byTheRules).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    const sorted = members.sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${sorted.map(([name, member]) => `${byTheRules(name)}:${byTheRules(member)}`).join(',')}}`;
  }
  const isJson = typeof value === 'string' ? value.isWellFormed() : value !== undefined && !/NaN|Infinity/.test(`${value}`);
  if (!isJson) throw new NotJson('it');
  return JSON.stringify(value);
}

function withMembersReversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withMembersReversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, member]) => [name, withMembersReversed(member)]),
  );
}
