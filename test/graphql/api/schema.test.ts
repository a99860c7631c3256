import { readFileSync } from 'node:fs';
import {
  buildSchema,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isSpecifiedScalarType,
  isUnionType,
  lexicographicSortSchema,
  printSchema,
} from 'graphql';
import { schema } from '../../../src/graphql/api/schema.js';
import { environment } from '../../../src/settings/environment.js';
import { ERROR_CODES } from '../../../src/shared/error-meanings.js';

type Described = [part: string, description: string | null | undefined];

/** The part of the schema that others build on. Nothing in it may be removed. */
const PROMISED = buildSchema(`
  scalar DateTime
  interface Node { id: ID! }
  type Query {
    node(id: ID!): Node
    account(accountId: String, minVersion: Int): Account
  }
  type Account implements Node {
    id: ID!
    accountId: String!
    version: Int!
    keyLimit: Int!
    activeKeyCount: Int!
    canCreateKey: Boolean!
    keys: [ApiKey!]!
  }
  type ApiKey implements Node {
    id: ID!
    keyId: String!
    name: String!
    hint: String!
    scopes: [String!]!
    createdAt: DateTime!
    createdBy: String!
    expiresAt: DateTime
    status: KeyStatus!
  }
  enum KeyStatus { ACTIVE EXPIRED }
  type Mutation {
    createKey(input: CreateKeyInput!): CreateKeyResult
    rotateKey(input: RotateKeyInput!): RotateKeyResult
    deleteKey(input: DeleteKeyInput!): DeleteKeyResult
  }
  union CreateKeyResult = CreateKeyPayload | KeyLimitReached | KeyAlreadyCreated
  union RotateKeyResult = CreateKeyPayload | KeyNotFound | KeyLimitReached | KeyAlreadyCreated
  union DeleteKeyResult = DeleteKeyPayload | KeyNotFound
  input CreateKeyInput { name: String! scopes: [String!] expiresAt: DateTime idempotencyKey: String }
  input RotateKeyInput { keyId: String! overlapSeconds: Int = 0 idempotencyKey: String }
  input DeleteKeyInput { keyId: String! }
  type CreateKeyPayload { key: ApiKey! secret: String! account: Account! version: Int! }
  type DeleteKeyPayload { keyId: String! deletedAt: DateTime! account: Account! version: Int! }
  interface Error { message: String! code: String! }
  type KeyLimitReached implements Error { message: String! code: String! }
  type KeyAlreadyCreated implements Error {
    message: String! code: String! keyId: String! existingKey: ApiKey sameInput: Boolean! version: Int!
  }
  type KeyNotFound implements Error { message: String! code: String! }
`);

const types = typesOf(schema.getTypeMap());

it('is the published one', () => {
  const published = readFileSync(new URL('../../../schema/schema.graphql', import.meta.url), 'utf8');
  expect(published).toBe(`${printSchema(lexicographicSortSchema(schema))}\n`);
});

it.each(typesOf(PROMISED.getTypeMap()).map((type) => [type.name, type] as const))(
  'keeps what was promised of %s',
  (name, promised) => {
    const actual = schema.getType(name);
    expect(actual?.constructor.name).toBe(promised.constructor.name);
    expect(actual && partsOf(actual)).toEqual(expect.arrayContaining(partsOf(promised)));
  },
);

it('requires no argument of a promised field and no input that was not promised', () => {
  const required = (map: GraphQLNamedType[]) =>
    map.flatMap((type) => partsOf(type).filter((part) => /^(?:argument|input) .*!$/.test(part)));
  const promised = typesOf(PROMISED.getTypeMap());
  const kept = promised.flatMap((type) => {
    const fields = new Set(fieldsOf(type).map(({ name }) => name));
    const actual = schema.getType(type.name);
    return required(actual ? [actual] : []).filter((part) => {
      const [kind, field = ''] = part.split(' ');
      return kind === 'input' || fields.has(field);
    });
  });
  expect(kept.sort()).toEqual(required(promised).sort());
});

/** Allowed words in capital letters in a description: the code of an error, a value of an enum, a setting. */
const NAMES = new Set([
  ...Object.keys(ERROR_CODES),
  ...Object.keys(environment.shape),
  ...types.flatMap((type) => (isEnumType(type) ? type.getValues().map(({ name }) => name) : [])),
]);

it.each(types.flatMap(describedParts))('describes %s in sentences, with names that there are', (_part, description) => {
  expect(description?.trim()).toMatch(/^[A-Z]\S*(?: \S+){2,}[.]$/s);
  const names = [...(description ?? '').matchAll(/`([A-Z][A-Z_]{3,})`/g)].map(([, name = '']) => name);
  expect(names.filter((name) => !NAMES.has(name))).toEqual([]);
});

it('has one type with a field for the secret', () => {
  const carriers = types.flatMap((type) =>
    fieldsOf(type)
      .filter(({ name }) => /secret|token|password/i.test(name))
      .map(() => type.name),
  );
  expect(carriers).toEqual(['CreateKeyPayload']);
});

function typesOf(map: Record<string, GraphQLNamedType>): GraphQLNamedType[] {
  return Object.values(map).filter((type) => !type.name.startsWith('__') && !isSpecifiedScalarType(type));
}

function fieldsOf(type: GraphQLNamedType): (GraphQLField<unknown, unknown> | GraphQLInputField)[] {
  return isObjectType(type) || isInterfaceType(type) || isInputObjectType(type) ? Object.values(type.getFields()) : [];
}

/** Every promise of a type, one line each. */
function partsOf(type: GraphQLNamedType): string[] {
  const interfaces = isObjectType(type) ? type.getInterfaces().map(({ name }) => `implements ${name}`) : [];
  const members = isUnionType(type) ? type.getTypes().map(({ name }) => `member ${name}`) : [];
  const values = isEnumType(type) ? type.getValues().map(({ name }) => `value ${name}`) : [];
  const fields = fieldsOf(type).flatMap((field) => [
    'args' in field ? `field ${field.name}: ${field.type}` : input('input', field),
    ...('args' in field ? field.args.map((argument) => input(`argument ${field.name}`, argument)) : []),
  ]);
  return [...interfaces, ...members, ...values, ...fields];
}

function input(place: string, { name, type, defaultValue }: Pick<GraphQLInputField, 'name' | 'type' | 'defaultValue'>): string {
  return `${place} ${name}: ${type}${defaultValue === undefined ? '' : ` = ${JSON.stringify(defaultValue)}`}`;
}

/** Each documented part of a type, with its description. */
function describedParts(type: GraphQLNamedType): Described[] {
  const fields = fieldsOf(type).flatMap((field): Described[] => [
    [`${type.name}.${field.name}`, field.description],
    ...('args' in field ? field.args : []).map(({ name, description }): Described => {
      return [`${type.name}.${field.name}(${name})`, description];
    }),
  ]);
  const values = isEnumType(type) ? type.getValues() : [];
  return [
    [type.name, type.description],
    ...fields,
    ...values.map(({ name, description }): Described => [`${type.name}.${name}`, description]),
  ];
}
