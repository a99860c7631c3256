import type { Operation } from './openapi.js';

const TEXT = { type: 'string' };

/** The problems while answers must not rely on the tables. */
const FOR_NOW = ['NOT_READY', 'STALE', 'LOG_MISMATCH', 'LOG_SEALED'] as const;

/** All operations for programs, in the order of the documentation. A test provokes each answer of each operation. */
export const operations: Operation[] = [
  {
    method: 'get',
    path: '/v1/verify',
    id: 'verify',
    summary: 'Verify a key',
    description:
      'Says whether the credentials of a request belong to an active key, for services and for proxies (forward authentication). It answers every HTTP method in the same way, and ignores the body. Unknown, wrong, deleted, disabled and expired keys get the same answer in the same time.',
    security: ['key', 'secret'],
    query: [
      {
        name: 'scope',
        description: 'The scopes that the key must hold, all of them, separated by spaces (RFC 6749, section 3.3).',
        example: 'orders:read',
      },
      {
        name: 'uri',
        description: "The caller's address, as some proxies append it. It must be the last parameter. It is ignored.",
        example: '/orders?page=2',
      },
    ],
    answers: {
      200: {
        description: 'The key is active, and holds the scopes. The body is empty.',
        headers: [
          { name: 'x-keyledger-account', description: 'The id of its account.', example: 'acme' },
          { name: 'x-keyledger-key-id', description: 'The id of the key.', example: 'key_3yZe7mBqRkT0aVxWcD9uFp' },
          {
            name: 'x-keyledger-scopes',
            description: 'All scopes of the key, separated by spaces; empty if it has none.',
            example: 'orders:read orders:write',
          },
          {
            name: 'x-keyledger-expires-in',
            description: 'For how many whole seconds the key is valid, unless it is deleted; absent if it never expires.',
            example: '86400',
            optional: true,
          },
        ],
      },
    },
    problems: ['UNAUTHENTICATED', 'INSUFFICIENT_SCOPE', 'UNKNOWN_PARAMETER', 'RATE_LIMITED', ...FOR_NOW],
  },
  {
    method: 'post',
    path: '/v1/introspect',
    id: 'introspect',
    summary: 'Introspect a secret',
    description:
      'OAuth 2.0 token introspection (RFC 7662), for services that support it. `KEYLEDGER_INTROSPECTION_TOKEN` switches it on, and services send it as their bearer token.',
    security: ['introspectionToken'],
    request: {
      mediaType: 'application/x-www-form-urlencoded',
      description: 'A form with the secret.',
      schema: {
        type: 'object',
        required: ['token'],
        properties: {
          token: { ...TEXT, description: 'The secret of a key, alone or after the id of the key and a colon.' },
          token_type_hint: { ...TEXT, description: 'It is ignored.' },
        },
      },
      example: { token: 'key_3yZe7mBqRkT0aVxWcD9uFp:kls_…' },
    },
    answers: {
      200: {
        description: 'The key is active, or it is not: then the answer is `{"active":false}` and nothing else.',
        body: {
          mediaType: 'application/json',
          description: 'What the key is (RFC 7662, section 2.2).',
          schema: {
            type: 'object',
            required: ['active'],
            properties: {
              active: { type: 'boolean', description: 'Whether the key authenticates.' },
              client_id: { ...TEXT, description: 'The id of the key.' },
              sub: { ...TEXT, description: 'The id of its account.' },
              scope: { ...TEXT, description: 'Its scopes, separated by spaces; absent if it has none.' },
              token_type: { const: 'Bearer', description: 'Always `Bearer`.' },
              iat: { type: 'integer', description: 'When it was created, in seconds since 1970.' },
              exp: { type: 'integer', description: 'When it expires, in seconds since 1970; absent if it never expires.' },
            },
            additionalProperties: false,
          },
          example: {
            active: true,
            client_id: 'key_3yZe7mBqRkT0aVxWcD9uFp',
            sub: 'acme',
            scope: 'orders:read orders:write',
            token_type: 'Bearer',
            iat: 1_769_862_896,
          },
        },
      },
    },
    problems: [
      'UNAUTHENTICATED',
      'INTROSPECTION_OFF',
      'METHOD_NOT_ALLOWED',
      'BODY_TOO_LARGE',
      'UNSUPPORTED_MEDIA_TYPE',
      'RATE_LIMITED',
      ...FOR_NOW,
    ],
  },
  {
    method: 'post',
    path: '/v1/leaked',
    id: 'reportLeak',
    summary: 'Report leaked secrets',
    description:
      'Deletes the keys of all secrets that the body holds, for good. Anyone who has a secret may report it: no credential is needed. The answer is the same whether there were such keys or not. Reports of one client address are limited to 100 secrets a minute.',
    security: [],
    request: {
      mediaType: '*/*',
      description: 'Any text of at most 64 KiB with at most 100 secrets in it. Its format, type and encoding do not matter.',
      schema: TEXT,
      example: 'API_KEY=kls_…',
    },
    answers: { 200: { description: 'No key in the log has one of these secrets any more. The body is empty.' } },
    problems: [
      'NO_SECRET',
      'METHOD_NOT_ALLOWED',
      'BODY_TOO_LARGE',
      'TOO_MANY_SECRETS',
      'RATE_LIMITED',
      'NOT_READY',
      'STORE_UNAVAILABLE',
      'OUTCOME_UNKNOWN',
      'CLOCK_SKEW',
      'LOG_SEALED',
    ],
  },
  {
    method: 'get',
    path: '/v1/checkpoint',
    id: 'checkpoint',
    summary: 'Read the newest checkpoint',
    description:
      'The newest signed checkpoint of the log, to anyone. An auditor who keeps it can prove later that nothing it covers was rewritten.',
    security: [],
    answers: {
      200: {
        description: 'The signed note (C2SP tlog-checkpoint).',
        body: {
          mediaType: 'text/plain',
          description: 'The name of the log, the size and the root of its tree, and signatures.',
          schema: { ...TEXT, pattern: '^\\S+\\n\\d+\\n[A-Za-z0-9+/=]+\\n\\n(?:— \\S+ \\S+\\n)+$' },
          example: 'keyledger/…\n42\nx1…=\n\n— keyledger/… m2…=\n',
        },
      },
    },
    problems: ['NO_CHECKPOINT', 'NOT_READY'],
  },
  {
    method: 'get',
    path: '/livez',
    id: 'live',
    summary: 'See whether the process runs',
    description: 'For liveness probes: it answers while the process runs. Restart a process that does not answer.',
    security: [],
    answers: {
      200: {
        description: 'The process runs.',
        body: {
          mediaType: 'application/json',
          description: 'Always the same.',
          schema: { type: 'object', required: ['status'], properties: { status: { const: 'ok' } } },
          example: { status: 'ok' },
        },
      },
    },
    problems: [],
  },
  {
    method: 'get',
    path: '/readyz',
    id: 'ready',
    summary: 'See whether the process serves',
    description:
      'For readiness probes and load balancers: 200 exactly while `/v1/verify` answers, and 503 from SIGTERM on, while requests are still answered. The body lists problems by code.',
    security: [],
    answers: {
      200: { description: 'Keys are verified.', body: readiness('ok') },
      503: {
        description: 'Keys are not verified, or the process stops. The body has the same form.',
        body: readiness('unavailable'),
      },
    },
    problems: [],
  },
  {
    method: 'get',
    path: '/metrics',
    id: 'metrics',
    summary: 'Read the metrics',
    description: 'Metrics for Prometheus, to anyone. They name no account and no key.',
    security: [],
    answers: {
      200: {
        description: 'The metrics in the text format of Prometheus.',
        body: {
          mediaType: 'text/plain',
          description: 'One sample a line.',
          schema: TEXT,
          example: 'keyledger_verifications_total{outcome="verified"} 42',
        },
      },
    },
    problems: ['METRICS_UNAVAILABLE'],
  },
];

function readiness(status: 'ok' | 'unavailable') {
  const code = { ...TEXT, description: 'Why not: an error code.' };
  const isReady = status === 'ok';
  return {
    mediaType: 'application/json',
    description: 'What works, and what does not.',
    schema: {
      type: 'object',
      required: ['status', 'verification', 'mutations', 'projections'],
      properties: {
        status: { enum: ['ok', 'unavailable', 'stopping'] },
        verification: { type: 'object', required: ['ready'], properties: { ready: { type: 'boolean' }, code } },
        mutations: { type: 'object', required: ['possible'], properties: { possible: { type: 'boolean' }, code } },
        projections: {
          type: 'object',
          additionalProperties: {
            type: 'object',
            required: ['position', 'state'],
            properties: {
              position: { type: 'integer', description: 'The position in the log of the last event that was read.' },
              behind: { type: 'number', description: 'How long ago the whole log was read, in seconds.' },
              state: { enum: ['ok', 'filling', 'stale', 'failing'] },
              code,
              quarantined: { type: 'integer', description: 'How many accounts cannot be read.' },
              leftOut: { type: 'integer', description: 'How many events could not be read and were left out.' },
            },
            additionalProperties: false,
          },
        },
      },
      additionalProperties: false,
    },
    example: {
      status,
      verification: isReady ? { ready: true } : { ready: false, code: 'NOT_READY' },
      mutations: isReady ? { possible: true } : { possible: false, code: 'NOT_READY' },
      projections: { keys: { position: 42, behind: 0.4, state: isReady ? 'ok' : 'filling' } },
    },
  };
}
