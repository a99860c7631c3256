import {
  astFromValue,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLNamedType,
  type GraphQLSchema,
  type GraphQLType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isNonNullType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
  isUnionType,
  print,
} from 'graphql';
import { z } from 'zod';
import { LIMITS } from '../graphql/api/limits.js';
import { code, list, page, pageHead, table } from './markdown.js';

type Field = GraphQLField<unknown, unknown>;

/** The roles for the scopes of a field (see the schema builder), in words. */
const ROLES: Record<string, string> = {
  owner: 'owners, in their own account',
  keyReader: 'owners, who see their own account, and operators and auditors, who see every account',
  historyReader: 'owners, who see their own account, and auditors, who see every account',
  operator: 'operators',
  auditor: 'auditors',
  analyst: 'analysts',
};

const SCOPED = z.object({ pothosOptions: z.object({ authScopes: z.record(z.string(), z.literal(true)).optional() }) });

/** `docs/reference/graphql.md` */
export function graphqlPage(schema: GraphQLSchema): string {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].filter((type) => type != null);
  const types = Object.values(schema.getTypeMap())
    .filter((type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type) && !roots.some((root) => root === type))
    .sort(byName);
  return page(
    pageHead(
      'GraphQL API',
      '`POST /graphql` takes a token as a bearer token, or the cookie of a session. The schema is in [schema/schema.graphql](../../schema/schema.graphql); its descriptions are shown here.',
      `A document holds at most ${LIMITS.tokens} tokens, ${LIMITS.depth} levels, ${LIMITS.aliases} aliases and ${LIMITS.directives} directives, and its answer at most ${LIMITS.cost} values. The body holds at most 64 KiB.`,
      'Every field can fail with these [errors](errors.md): `UNAUTHENTICATED` without a valid token, `FORBIDDEN` if the role or the account does not allow it, `BAD_USER_INPUT` if an argument is wrong, and `NOT_READY` or `STORE_UNAVAILABLE` while the server cannot answer. Every field that can fail may be null: then `errors` says why.',
    ),
    ...roots.flatMap((root) => [
      `## ${root.name}`,
      root.description ?? '',
      ...Object.values(root.getFields())
        .sort(byName)
        .map((field) => rootField(root.name, field)),
    ]),
    '## Types',
    ...types.map(typeSection),
  );
}

/** The anchors of types are their names, so root fields need other anchors. */
function rootField(root: string, field: Field): string {
  return page(
    `### ${root} ${code(field.name)}`,
    field.description ?? '',
    list([`Answer: ${linked(field.type)}`, `For: ${rolesOf(field)}`]),
    field.args.length > 0 ? inputs('Argument', field.args) : '',
  ).trimEnd();
}

function rolesOf(field: Field): string {
  const { authScopes = {} } = SCOPED.parse(field.extensions).pothosOptions;
  const roles = Object.keys(authScopes).map((scope) => ROLES[scope] ?? scope);
  return roles.length > 0 ? roles.join('; ') : 'everyone with a valid token';
}

function typeSection(type: GraphQLNamedType): string {
  return page(`### ${code(type.name)}`, `${kindOf(type)}. ${type.description ?? ''}`, ...bodyOf(type)).trimEnd();
}

function kindOf(type: GraphQLNamedType): string {
  if (isScalarType(type)) return 'Scalar';
  if (isEnumType(type)) return 'Enum';
  if (isUnionType(type)) return 'Union';
  if (isInputObjectType(type)) return 'Input';
  return isInterfaceType(type) ? 'Interface' : 'Object';
}

function bodyOf(type: GraphQLNamedType): string[] {
  if (isEnumType(type)) {
    return [
      table(
        ['Value', 'What it says'],
        type.getValues().map(({ name, description }) => [code(name), description ?? '']),
      ),
    ];
  }
  if (isUnionType(type)) return [list(type.getTypes().map((member) => linked(member)))];
  if (isInputObjectType(type)) return [inputs('Field', Object.values(type.getFields()).sort(byName))];
  if (isObjectType(type) || isInterfaceType(type)) {
    const fields = Object.values(type.getFields()).sort(byName);
    const parents = type.getInterfaces().map((parent) => linked(parent));
    return [
      parents.length > 0 ? `Implements ${parents.join(', ')}.` : '',
      table(
        ['Field', 'Type', 'What it is'],
        fields.map((field) => [code(field.name), linked(field.type), field.description ?? '']),
      ),
      ...fields
        .filter(({ args }) => args.length > 0)
        .map((field) => `Arguments of ${code(field.name)}:\n\n${inputs('Argument', field.args)}`),
    ];
  }
  return [];
}

function inputs(head: string, given: readonly (GraphQLArgument | GraphQLInputField)[]): string {
  const rows = given.map((input) => [code(input.name), linked(input.type), defaultOf(input), input.description ?? '']);
  return table([head, 'Type', 'Default', 'What it is'], rows);
}

function defaultOf({ type, defaultValue }: GraphQLArgument | GraphQLInputField): string {
  const node = defaultValue === undefined ? undefined : astFromValue(defaultValue, type);
  return node ? code(print(node)) : isNonNullType(type) ? 'required' : '';
}

/** The type in GraphQL's notation, with a link to its explanation. */
function linked(type: GraphQLType): string {
  const named = getNamedType(type);
  const written = code(String(type));
  return isSpecifiedScalarType(named) ? written : `[${written}](#${named.name.toLowerCase()})`;
}

function byName(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : 1;
}
