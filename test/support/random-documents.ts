import fc, { type GeneratorValue } from 'fast-check';
import {
  type GraphQLArgument,
  GraphQLBoolean,
  type GraphQLField,
  type GraphQLNamedType,
  GraphQLNonNull,
  getNamedType,
  isCompositeType,
  isEnumType,
  isInterfaceType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { schema } from '../../src/graphql/api/schema.js';

/** A document and the values of its variables. */
export interface Asked {
  query: string;
  variables: Record<string, unknown>;
}

/** The variable for the id of a key that the account holds. */
export const HELD = 'held';

const globalId = (text: string) => Buffer.from(text).toString('base64url');
const cursor = (position: number) => globalId(`position:${position}`);

/** Argument values: good ones, and ones that some argument refuses. */
const VALUES: Record<string, { good: readonly unknown[]; bad: readonly unknown[] }> = {
  Int: { good: [1, 2, 3, 30], bad: [0, -1, 101, 367, 400, 2 ** 31 - 1, 2 ** 31, 1.5, 'one', null] },
  String: { good: [cursor(1), cursor(0), null], bad: ['nonsense', '', cursor(1).slice(1), 7] },
  DateTime: { good: ['2026-11-23T18:00:00Z', '2999-01-01T00:00:00Z', '0000-01-01T00:00:00Z'], bad: ['yesterday', '', null, 7] },
  Boolean: { good: [true, true, true, false], bad: [null] },
  Float: { good: [0.5, 0.99], bad: [2, -1, 'one'] },
  ID: { good: [globalId('Account:acme'), globalId('ApiKey:key_0000000000000000000000')], bad: ['', globalId('Query:')] },
  EventFilter: { good: [{}], bad: [[]] },
  ReadFilter: { good: [{}], bad: [[]] },
};

const INPUTS = {
  createKey: {
    good: ['{ name: "a" }', '{ name: "a", idempotencyKey: "once" }', '{ name: "a", expiresAt: "2999-01-01T00:00:00Z" }'],
    bad: ['{ name: "" }', '{ name: "a", expiresAt: "2000-01-01T00:00:00Z" }', '{ name: "a", scopes: [""] }', 'null'],
  },
  rotateKey: {
    good: [`{ keyId: $${HELD} }`, `{ keyId: $${HELD}, overlapSeconds: 60 }`],
    bad: [`{ keyId: $${HELD}, overlapSeconds: -1 }`, '{ keyId: "key_0000000000000000000000" }'],
  },
  deleteKey: { good: [`{ keyId: $${HELD} }`], bad: ['{ keyId: "nonsense" }'] },
};

/** The argument of `@include` and `@skip`. */
const CONDITION = { name: 'if', type: new GraphQLNonNull(GraphQLBoolean) };

/** For nested lists, only small ones fit into the cost limit of a document. */
const SIZES = ['first', 'last'];

/**
 * Generates a random document over the schema. It creates keys and asks for their secrets and anything else below, with aliases,
 * fragments, directives, variables, and good or bad arguments. Most documents are valid and within every limit.
 */
export function randomDocument(given: GeneratorValue): Asked {
  return new Writer(given).document();
}

/** Generates a random query over the schema, as `randomDocument` generates mutations. */
export function randomQuery(given: GeneratorValue): Asked {
  return new Writer(given).query();
}

class Writer {
  readonly #given: GeneratorValue;
  readonly #declared = new Map<string, string>();
  readonly #values: Record<string, unknown> = {};
  readonly #fragments: string[] = [];
  #aliases = 7;
  #directives = 4;

  constructor(given: GeneratorValue) {
    this.#given = given;
  }

  document(): Asked {
    const fields = Array.from({ length: this.#oneOf([1, 2, 2, 3, 3]) }, (_, index) => this.#change(index));
    return this.#operation('mutation', fields.join(' '));
  }

  query(): Asked {
    return this.#operation('query', this.#selection('Query', 6));
  }

  #operation(kind: 'mutation' | 'query', selection: string): Asked {
    const declared = [...this.#declared].map(([name, type]) => `$${name}: ${type}`).join(', ');
    const operation = `${kind} ${declared && `(${declared})`} { ${selection} }`;
    return { query: [operation, ...this.#fragments].join('\n'), variables: this.#values };
  }

  #change(index: number): string {
    const name = this.#oneOf(['createKey', 'createKey', 'rotateKey', 'deleteKey'] as const);
    const input = this.#oneOf(this.#isRare(6) ? INPUTS[name].bad : INPUTS[name].good);
    if (input.includes(HELD)) this.#declared.set(HELD, 'String!');
    const payload = name === 'deleteKey' ? 'DeleteKeyPayload' : 'CreateKeyPayload';
    const secret = name === 'deleteKey' ? '' : `${this.#alias()}secret`;
    const members = [payload, ...(name !== 'deleteKey' && this.#isRare(3) ? ['KeyAlreadyCreated'] : [])];
    const selections = members.map((member) => {
      const fields = this.#selection(member, 5);
      return `... on ${member} { ${member === 'CreateKeyPayload' ? secret : ''} ${fields} }`;
    });
    return `m${index}: ${name}(input: ${input}) { ${selections.join(' ')} }`;
  }

  /** Fields of the type, inline or as a fragment. */
  #selection(name: string, depth: number): string {
    const type = schema.getType(name);
    if (isInterfaceType(type) && this.#isRare(2)) {
      const member = this.#oneOf(schema.getPossibleTypes(type)).name;
      return `__typename ... on ${member} { ${this.#selection(member, depth)} }`;
    }
    const fields = isObjectType(type) || isInterfaceType(type) ? type.getFields() : {};
    const names = Object.keys(fields);
    const wanted = this.#given(fc.shuffledSubarray, names, { minLength: 1, maxLength: Math.min(3, names.length) })
      .flatMap((field) => fields[field] ?? [])
      .filter((field) => field.name !== 'secret' && (depth > 0 || !isCompositeType(getNamedType(field.type))))
      .map((field) => this.#field(field, depth));
    const text = ['__typename', ...wanted].join(' ');
    if (!this.#isRare(6)) return this.#isRare(6) ? `... ${this.#directive()} { ${text} }` : text;
    const fragment = `F${this.#fragments.length}`;
    this.#fragments.push(`fragment ${fragment} on ${name} { ${text} }`);
    return `...${fragment} ${this.#isRare(3) ? this.#directive() : ''}`;
  }

  #field(field: GraphQLField<unknown, unknown>, depth: number): string {
    const args = field.args
      .filter((argument) => isNonNullType(argument.type) || SIZES[0] === argument.name || this.#isRare(4))
      .map((argument) => `${argument.name}: ${this.#value(argument)}`);
    const type = getNamedType(field.type);
    const within = isCompositeType(type) ? `{ ${this.#selection(type.name, depth - 1)} }` : '';
    const directive = this.#isRare(12) ? this.#directive() : '';
    return `${this.#alias()}${field.name}${args.length > 0 ? `(${args.join(', ')})` : ''} ${directive} ${within}`;
  }

  #value({ name, type }: Pick<GraphQLArgument, 'name' | 'type'>): string {
    const named = getNamedType(type);
    const { good, bad } = valuesOf(named);
    const pick = () => this.#oneOf<unknown>(this.#isRare(SIZES.includes(name) ? 20 : 12) ? bad : good);
    if (!this.#isRare(3)) return isEnumType(named) ? String(pick()) : JSON.stringify(pick());
    return `$${this.#variable(named, isNonNullType(type), pick)}`;
  }

  /** A variable with a default may be given null although its argument does not take it. The fault then appears at execution. */
  #variable(type: GraphQLNamedType, isRequired: boolean, pick: () => unknown): string {
    const name = `v${this.#declared.size}`;
    const [fallback] = valuesOf(type).good;
    const withDefault = `${type} = ${isEnumType(type) ? fallback : JSON.stringify(fallback)}`;
    const declared = [isRequired ? `${type}!` : `${type}`, withDefault];
    this.#declared.set(name, this.#oneOf(declared));
    if (!this.#isRare(6)) this.#values[name] = pick();
    return name;
  }

  #directive(): string {
    if (this.#directives === 0) return '';
    this.#directives -= 1;
    return `@${this.#oneOf(['include', 'skip'])}(if: ${this.#value(CONDITION)})`;
  }

  #alias(): string {
    if (this.#aliases === 0 || !this.#isRare(5)) return '';
    this.#aliases -= 1;
    return `a${this.#aliases}: `;
  }

  #oneOf<T>(values: readonly T[]): T {
    return values[this.#given(fc.nat, { max: values.length - 1 })] as T;
  }

  /** True once in `times` calls, on average. */
  #isRare(times: number): boolean {
    return this.#given(fc.nat, { max: times - 1 }) === times - 1;
  }
}

function valuesOf(type: GraphQLNamedType): { good: readonly unknown[]; bad: readonly unknown[] } {
  if (isEnumType(type)) return { good: type.getValues().map(({ name }) => name), bad: ['NOTHING', null] };
  return VALUES[type.name] ?? { good: [null], bad: [null] };
}
