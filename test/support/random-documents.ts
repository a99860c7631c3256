import type { GeneratorValue } from 'fast-check';
import {
  type GraphQLArgument,
  GraphQLBoolean,
  type GraphQLField,
  GraphQLNonNull,
  type GraphQLObjectType,
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isNonNullType,
  isObjectType,
  isUnionType,
} from 'graphql';
import { schema } from '../../src/graphql/api/schema.js';
import { Draws, HELD_KEY, HOLDER, literal, randomValue } from './random-values.js';

/** A document and the values of its variables. */
export interface Asked {
  query: string;
  variables: Record<string, unknown>;
}

type Field = GraphQLField<unknown, unknown>;

const fieldsOf = (type: GraphQLObjectType | null | undefined): Field[] => Object.values(type?.getFields() ?? {});

const CHANGES = fieldsOf(schema.getMutationType());

/** The field by which a type shows a secret. */
const SECRET = 'secret';

const showsSecret = (type: GraphQLObjectType) => SECRET in type.getFields();

/** The mutations of which some answer shows a secret. */
const MAKERS = CHANGES.filter(({ type }) => isUnionType(type) && type.getTypes().some(showsSecret));

/** The argument of `@include` and `@skip`. */
const CONDITION = { name: 'if', type: new GraphQLNonNull(GraphQLBoolean) };

/** For nested lists, only small ones fit into the cost limit of a document. */
const SIZES = ['first', 'last'];

/**
 * Generates a document with one to three mutations of the schema, half of them ones that make a secret. It asks for the secrets and
 * anything else below, with aliases, fragments, directives, variables, and good or bad arguments. Most documents are valid and within
 * every limit.
 */
export function randomDocument(given: GeneratorValue): Asked {
  return new Writer(given).document();
}

/** Generates a query over the schema, as `randomDocument` generates mutations. */
export function randomQuery(given: GeneratorValue): Asked {
  return new Writer(given).query();
}

/** Generates a subscription of the schema, as `randomDocument` generates mutations. */
export function randomSubscription(given: GeneratorValue): Asked {
  return new Writer(given).subscription();
}

/** Puts the ids of one account and of its key into a generated document. */
export function withIds({ query, variables }: Asked, ids: { account: string; keyId: string }): Asked {
  const text = JSON.stringify({ query, variables });
  return JSON.parse(text.replaceAll(HELD_KEY, ids.keyId).replaceAll(HOLDER, ids.account));
}

class Writer {
  readonly #draws: Draws;
  readonly #declared = new Map<string, string>();
  readonly #values: Record<string, unknown> = {};
  readonly #fragments: string[] = [];
  #aliases = 7;
  #directives = 4;

  constructor(given: GeneratorValue) {
    this.#draws = new Draws(given);
  }

  document(): Asked {
    const changes = Array.from({ length: this.#draws.oneOf([1, 2, 2, 3, 3]) }, (_, index) =>
      this.#field(this.#draws.oneOf(this.#draws.isRare(2) ? CHANGES : MAKERS), 6, `m${index}: `),
    );
    return this.#operation('mutation', changes.join(' '));
  }

  query(): Asked {
    return this.#operation('query', this.#selection('Query', 6));
  }

  subscription(): Asked {
    return this.#operation('subscription', this.#field(this.#draws.oneOf(fieldsOf(schema.getSubscriptionType())), 5));
  }

  #operation(kind: 'mutation' | 'query' | 'subscription', selection: string): Asked {
    const declared = [...this.#declared].map(([name, type]) => `$${name}: ${type}`).join(', ');
    const operation = `${kind} ${declared && `(${declared})`} { ${selection} }`;
    return { query: [operation, ...this.#fragments].join('\n'), variables: this.#values };
  }

  /** Fields of the type, inline or as a fragment. */
  #selection(name: string, depth: number): string {
    const type = schema.getType(name);
    if (isUnionType(type)) return this.#members(type.getTypes(), depth);
    if (isInterfaceType(type) && this.#draws.isRare(2)) {
      const member = this.#draws.oneOf(schema.getPossibleTypes(type)).name;
      return `__typename ... on ${member} { ${this.#selection(member, depth)} }`;
    }
    const fields = isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()) : [];
    const wanted = this.#draws
      .someOf(fields, 3)
      .filter((field) => field.name !== SECRET && (depth > 0 || !isCompositeType(getNamedType(field.type))))
      .map((field) => this.#field(field, depth));
    const text = ['__typename', ...wanted].join(' ');
    if (!this.#draws.isRare(6)) return this.#draws.isRare(6) ? `... ${this.#directive()} { ${text} }` : text;
    const fragment = `F${this.#fragments.length}`;
    this.#fragments.push(`fragment ${fragment} on ${name} { ${text} }`);
    return `...${fragment} ${this.#draws.isRare(3) ? this.#directive() : ''}`;
  }

  /** Fields of some members of a union, and every secret. */
  #members(types: readonly GraphQLObjectType[], depth: number): string {
    const wanted = types.filter((type) => showsSecret(type) || this.#draws.isRare(2));
    const selections = wanted.map((type) => {
      const secret = showsSecret(type) ? `${this.#alias()}${SECRET}` : '';
      return `... on ${type.name} { ${secret} ${this.#selection(type.name, depth)} }`;
    });
    return ['__typename', ...selections].join(' ');
  }

  #field(field: Field, depth: number, alias = this.#alias()): string {
    const args = field.args
      .filter((argument) => isNonNullType(argument.type) || SIZES[0] === argument.name || this.#draws.isRare(4))
      .map((argument) => `${argument.name}: ${this.#value(argument)}`);
    const type = getNamedType(field.type);
    const within = isCompositeType(type) ? `{ ${this.#selection(type.name, depth - 1)} }` : '';
    const directive = this.#draws.isRare(12) ? this.#directive() : '';
    return `${alias}${field.name}${args.length > 0 ? `(${args.join(', ')})` : ''} ${directive} ${within}`;
  }

  #value({ name, type }: Pick<GraphQLArgument, 'name' | 'type'>): string {
    const pick = () => randomValue(this.#draws, name, type, SIZES.includes(name) ? 20 : 12);
    return this.#draws.isRare(3) ? `$${this.#variable(type, pick)}` : literal(pick(), getNamedType(type));
  }

  /** A variable with a default may be given null although its argument does not take it. The fault then appears at execution. */
  #variable(type: GraphQLArgument['type'], pick: () => unknown): string {
    const name = `v${this.#declared.size}`;
    const optional = isNonNullType(type) ? type.ofType : type;
    const withDefault = `${optional} = ${literal(pick(), getNamedType(type))}`;
    this.#declared.set(name, this.#draws.oneOf([`${type}`, withDefault]));
    if (!this.#draws.isRare(6)) this.#values[name] = pick();
    return name;
  }

  #directive(): string {
    if (this.#directives === 0) return '';
    this.#directives -= 1;
    return `@${this.#draws.oneOf(['include', 'skip'])}(if: ${this.#value(CONDITION)})`;
  }

  #alias(): string {
    if (this.#aliases === 0 || !this.#draws.isRare(5)) return '';
    this.#aliases -= 1;
    return `a${this.#aliases}: `;
  }
}
