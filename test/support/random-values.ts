import fc, { type GeneratorValue } from 'fast-check';
import {
  type GraphQLInputType,
  type GraphQLNamedType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredInputField,
} from 'graphql';

/** They stand for the id of a key that is held, and for the account that holds it. */
export const HELD_KEY = 'the-held-key';
export const HOLDER = 'the-holder';

const globalId = (text: string) => Buffer.from(text).toString('base64url');
const cursor = (position: number) => globalId(`position:${position}`);

/** Values that are taken, and others that are refused somewhere. */
interface Values {
  good: readonly unknown[];
  bad: readonly unknown[];
}

const ACCOUNT: Values = { good: [HOLDER], bad: ['nobody', '', 'x'.repeat(300), 7] };

/** By the name of an argument or of a field of an input. */
const NAMED: Record<string, Values> = {
  account: ACCOUNT,
  accountId: ACCOUNT,
  actor: { good: ['tester', 'nobody'], bad: ['', 7] },
  expiresAt: { good: ['2999-01-01T00:00:00Z', null], bad: ['2000-01-01T00:00:00Z', 'yesterday', 7] },
  idempotencyKey: { good: ['held', 'once', null], bad: ['', 'x'.repeat(101), 7] },
  keyId: { good: [HELD_KEY], bad: ['key_0000000000000000000000', 'nonsense', '', 7] },
  name: { good: ['a', 'CI of the web shop', 'ключ'], bad: ['', ' ', 'x'.repeat(101), '\u202e', 7, null] },
  note: { good: ['why', null], bad: ['', 'x'.repeat(201), 'ada@example.com', 7] },
  overlapSeconds: { good: [0, 60, 2_592_000], bad: [-1, 2_592_001, 1.5, 'one'] },
  scopes: { good: ['orders:read', 'a'], bad: ['', 'a b', 7, null] },
  timeZone: { good: ['UTC', 'Europe/Berlin', 'Asia/Kathmandu'], bad: ['Nowhere/Else', '', 7] },
};

/** By the type. */
const TYPED: Record<string, Values> = {
  Int: { good: [1, 2, 3, 30], bad: [0, -1, 101, 367, 400, 2 ** 31 - 1, 2 ** 31, 1.5, 'one', null] },
  String: { good: [cursor(1), cursor(0), null], bad: ['nonsense', '', cursor(1).slice(1), 7] },
  DateTime: { good: ['2026-11-23T18:00:00Z', '2999-01-01T00:00:00Z', '0000-01-01T00:00:00Z'], bad: ['yesterday', '', null, 7] },
  Boolean: { good: [true, true, true, false], bad: [null] },
  Float: { good: [0.5, 0.99], bad: [2, -1, 'one'] },
  ID: { good: [globalId('Account:acme'), globalId('ApiKey:key_0000000000000000000000')], bad: ['', globalId('Query:')] },
};

/** Draws from what fast-check generates. */
export class Draws {
  readonly #given: GeneratorValue;

  constructor(given: GeneratorValue) {
    this.#given = given;
  }

  oneOf<T>(values: readonly T[]): T {
    return values[this.#given(fc.nat, { max: values.length - 1 })] as T;
  }

  /** At least one of them, and at most so many. */
  someOf<T>(values: readonly T[], most: number): T[] {
    const places = [...values.keys()];
    const drawn = this.#given(fc.shuffledSubarray, places, { minLength: 1, maxLength: Math.min(most, places.length) });
    return drawn.flatMap((place) => values[place] ?? []);
  }

  /** True once in `times` calls, on average. */
  isRare(times: number): boolean {
    return this.#given(fc.nat, { max: times - 1 }) === times - 1;
  }
}

/** A value for the argument or field, as JSON has it. Once in so many times, on average, it is a bad one. */
export function randomValue(draws: Draws, name: string, type: GraphQLInputType, badOnceIn: number): unknown {
  if (isNonNullType(type)) return randomValue(draws, name, type.ofType, badOnceIn);
  if (isListType(type))
    return Array.from({ length: draws.oneOf([0, 1, 2]) }, () => randomValue(draws, name, type.ofType, badOnceIn));
  if (isInputObjectType(type)) {
    if (draws.isRare(3 * badOnceIn)) return draws.oneOf([null, [], {}, 'one']);
    const fields = Object.values(type.getFields()).filter((field) => isRequiredInputField(field) || draws.isRare(3));
    return Object.fromEntries(fields.map((field) => [field.name, randomValue(draws, field.name, field.type, 3 * badOnceIn)]));
  }
  const { good, bad } = valuesOf(name, type);
  return draws.oneOf(draws.isRare(badOnceIn) ? bad : good);
}

function valuesOf(name: string, type: GraphQLNamedType): Values {
  if (isEnumType(type)) return { good: type.getValues().map((value) => value.name), bad: ['NOTHING', null] };
  return NAMED[name] ?? TYPED[type.name] ?? { good: [null], bad: [null] };
}

/** The value as a document has it. */
export function literal(value: unknown, type: GraphQLNamedType): string {
  if (Array.isArray(value)) return `[${value.map((each) => literal(each, type)).join(', ')}]`;
  if (isEnumType(type)) return String(value);
  if (!isInputObjectType(type) || typeof value !== 'object' || value === null) return JSON.stringify(value);
  const given = new Map(Object.entries(value));
  const fields = Object.values(type.getFields()).filter(({ name }) => given.has(name));
  return `{ ${fields.map((field) => `${field.name}: ${literal(given.get(field.name), getNamedType(field.type))}`).join(', ')} }`;
}
