import { type ErrorCode, meaningOf } from '../shared/error-codes.js';
import { ERROR_CODES } from '../shared/error-meanings.js';
import { operations } from './operations.js';

/** A JSON value. Undefined members are left out. */
type Json = string | number | boolean | null | Json[] | { [name: string]: Json | undefined };

/** A header, or a parameter in the query. */
export interface Value {
  name: string;
  description: string;
  example: string;
  optional?: boolean;
}

export interface Body {
  mediaType: string;
  description: string;
  schema: { [name: string]: Json | undefined };
  example: Json;
}

/** An operation of the HTTP API other than GraphQL. */
export interface Operation {
  method: 'get' | 'post';
  path: string;
  id: string;
  summary: string;
  description: string;
  /** The names of security schemes; one of them is enough. If empty, no credential is needed. */
  security: (keyof typeof SECURITY)[];
  query?: Value[];
  request?: Body;
  /** The answers other than problems, by status. */
  answers: Record<number, { description: string; headers?: Value[]; body?: Body }>;
  /** The problems of this operation, in addition to `EVERYWHERE`. */
  problems: ErrorCode[];
}

export const SECURITY = {
  key: {
    type: 'http',
    scheme: 'basic',
    description: 'the id of a key as the user name, and its secret as the password.',
  },
  secret: { type: 'http', scheme: 'bearer', description: 'the secret of a key, alone.' },
  introspectionToken: { type: 'http', scheme: 'bearer', description: 'the value of `KEYLEDGER_INTROSPECTION_TOKEN`.' },
} as const;

/** The problems that any operation may answer with. */
export const EVERYWHERE: ErrorCode[] = [
  'BAD_REQUEST',
  'REQUEST_TIMEOUT',
  'HEADERS_TOO_LARGE',
  'INTERNAL_SERVER_ERROR',
  'SHUTTING_DOWN',
];

/** The problems of an operation by status. */
export function byStatus(codes: ErrorCode[]): Map<number, ErrorCode[]> {
  const statuses = [...new Set(codes.map((code) => meaningOf(code).status))].sort((a, b) => a - b);
  return new Map(statuses.map((status) => [status, codes.filter((code) => meaningOf(code).status === status)]));
}

/** The description of the HTTP API in OpenAPI 3.1. */
export function openApi(version: string): Json {
  const paths: { [path: string]: { [method: string]: Json } } = {};
  for (const operation of operations) {
    paths[operation.path] = { ...paths[operation.path], [operation.method]: operationOf(operation) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Keyledger',
      version,
      summary: 'Verification of API keys, and the health of the server.',
      description: 'Keys themselves are created, rotated and deleted through GraphQL, at `/graphql`.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    paths,
    components: {
      securitySchemes: SECURITY,
      schemas: { Problem: PROBLEM },
      responses: { Problem: problemOf(EVERYWHERE) },
    },
  };
}

const PROBLEM: Json = {
  description: 'What is wrong (RFC 9457).',
  type: 'object',
  required: ['type', 'title', 'status', 'code', 'detail'],
  properties: {
    type: { description: 'Where the code is explained.', type: 'string', pattern: '^(?:https?://[^/]+)?/docs/errors#[A-Z_]+$' },
    title: { description: 'What is wrong, the same for each time.', type: 'string' },
    status: { description: 'The HTTP status.', type: 'integer' },
    code: { description: 'What is wrong, for programs.', type: 'string', enum: Object.keys(ERROR_CODES) },
    detail: { description: 'What is wrong here, and what to do next.', type: 'string' },
  },
  additionalProperties: false,
};

function operationOf({ id, summary, description, security, query, request, answers, problems }: Operation): Json {
  const good = Object.entries(answers).map(([status, { description, headers = [], body }]) => [
    status,
    { description, ...(headers.length > 0 && { headers: headersOf(headers) }), ...(body && { content: contentOf(body) }) },
  ]);
  const bad = [...byStatus(problems)].map(([status, codes]) => [String(status), problemOf(codes)]);
  return {
    operationId: id,
    summary,
    description,
    security: security.map((name) => ({ [name]: [] })),
    ...(query && { parameters: query.map(parameterOf) }),
    ...(request && {
      requestBody: { description: request.description, required: true, content: contentOf(request) },
    }),
    responses: { ...Object.fromEntries([...good, ...bad]), default: { $ref: '#/components/responses/Problem' } },
  };
}

function parameterOf({ name, description, example }: Value): Json {
  return { name, in: 'query', description, required: false, schema: { type: 'string' }, example };
}

function headersOf(headers: Value[]): Json {
  return Object.fromEntries(
    headers.map(({ name, description, example, optional = false }) => [
      name,
      { description, required: !optional, schema: { type: 'string' }, example },
    ]),
  );
}

function contentOf({ mediaType, schema, example }: Body): Json {
  return { [mediaType]: { schema, example } };
}

function problemOf(codes: ErrorCode[]): { [name: string]: Json } {
  const headers: Value[] = [
    ...(codes.some((code) => meaningOf(code).retryAfter !== undefined || code === 'RATE_LIMITED')
      ? [{ name: 'retry-after', description: 'After how many seconds to try again.', example: '2', optional: true }]
      : []),
    ...(codes.includes('UNAUTHENTICATED')
      ? [{ name: 'www-authenticate', description: 'The schemes that are accepted.', example: 'Bearer realm="keyledger"' }]
      : []),
  ];
  const schema = {
    allOf: [{ $ref: '#/components/schemas/Problem' }, { properties: { code: { enum: codes } } }],
  };
  return {
    description: codes.map((code) => `\`${code}\`: ${meaningOf(code).title}.`).join(' '),
    ...(headers.length > 0 && { headers: headersOf(headers) }),
    content: { 'application/problem+json': { schema } },
  };
}
