/** The meaning of an error code, wherever an answer contains it. */
export interface ErrorMeaning {
  /** The HTTP status of an answer that consists of this error. If a GraphQL document was executed, the status is 200. */
  status: number;
  /** What is wrong; the same text for each occurrence (RFC 9457, section 3.1.3). */
  title: string;
  /** What to do next. */
  remedy: string;
  /** When to try again, in seconds, if the problem goes away without the caller's help. */
  retryAfter?: number;
}

/** When to try again, in seconds, if no better estimate is known. */
const SOON = 2;

/**
 * All error codes: `code` in a problem, `extensions.code` in GraphQL, `code` in a refusal. Programs act on codes, so a code never changes
 * its meaning; `/docs/errors#CODE` is its permanent address. If an error class has a `code` that is listed here, its message is meant for
 * the client. Every other error is answered as `INTERNAL_SERVER_ERROR`.
 */
export const ERROR_CODES = {
  BAD_REQUEST: {
    status: 400,
    title: 'The request cannot be read',
    remedy: 'Correct the request: its address, its headers or its body is malformed.',
  },
  NO_SECRET: {
    status: 400,
    title: 'The report contains no secret',
    remedy: 'Send the secret, or any text around it: kls_ and 49 letters and digits, the last 6 of them a checksum.',
  },
  GRAPHQL_PARSE_FAILED: {
    status: 400,
    title: 'The document is not GraphQL',
    remedy: 'Correct its syntax, or make it shorter: a document holds at most 400 tokens.',
  },
  GRAPHQL_VALIDATION_FAILED: {
    status: 400,
    title: 'The document does not fit the schema, or is over a limit',
    remedy: 'Correct the document. The message names the field, or the limit.',
  },
  OPERATION_RESOLUTION_FAILURE: {
    status: 400,
    title: 'The document does not contain the requested operation',
    remedy: 'Name one of the operations in the document as `operationName`.',
  },
  BAD_USER_INPUT: {
    status: 400,
    title: 'An argument is not valid',
    remedy: 'Correct the argument at `extensions.path`. The message says what is wrong.',
  },
  UNAUTHENTICATED: {
    status: 401,
    title: 'The credentials are missing or not valid',
    remedy:
      'Send valid credentials. The message says what is wrong with a token. `WWW-Authenticate` names the accepted schemes.',
  },
  TICKET_NOT_VALID: {
    status: 401,
    title: 'The sign-in link is not valid',
    remedy:
      'Run `keyledger sign-in-link --role owner --account ACCOUNT` for another link. A link works once, within 15 minutes.',
  },
  INSUFFICIENT_SCOPE: {
    status: 403,
    title: 'The key lacks a scope',
    remedy: 'Use a key that has every requested scope.',
  },
  UNKNOWN_PARAMETER: {
    status: 403,
    title: 'The address has an unknown parameter',
    remedy: 'Correct the address that the service or its proxy requests. The parameter for scopes is `scope`, in lower case.',
  },
  CSRF_HEADER_REQUIRED: {
    status: 403,
    title: 'A page of another site could have sent the request',
    remedy: 'Send the request as application/json, or add the header `x-graphql-yoga-csrf: 1`.',
  },
  FOREIGN_ORIGIN: {
    status: 403,
    title: 'No page of this server sent the request',
    remedy:
      'Send it from a page of this server. If browsers reach the server at another address, set KEYLEDGER_PUBLIC_URL to it.',
  },
  FORBIDDEN: {
    status: 200,
    title: 'The role or the account does not allow it',
    remedy: 'Use a token with the required role, or name your own account.',
  },
  NOT_FOUND: {
    status: 404,
    title: 'There is nothing at this address',
    remedy: 'Check the address. GraphQL answers at /graphql.',
  },
  INTROSPECTION_OFF: {
    status: 404,
    title: 'Introspection is switched off',
    remedy: 'Set KEYLEDGER_INTROSPECTION_TOKEN to switch it on.',
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    title: 'The address does not accept this method',
    remedy: 'Use a method from the header `Allow`.',
  },
  NOT_ACCEPTABLE: {
    status: 406,
    title: 'The answer is not available in an accepted media type',
    remedy: 'Accept application/json or application/graphql-response+json; for a subscription, text/event-stream.',
  },
  REQUEST_TIMEOUT: {
    status: 408,
    title: 'The request took too long to arrive',
    remedy: 'Send it again without pauses.',
  },
  BODY_TOO_LARGE: {
    status: 413,
    title: 'The body is too large',
    remedy: 'Send a smaller body. The limit is 64 KiB.',
  },
  TOO_MANY_SECRETS: {
    status: 413,
    title: 'The report contains too many secrets',
    remedy: 'Send several reports, with at most 100 secrets each. Nothing was done.',
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    title: 'The media type of the body is not supported here',
    remedy: 'Send another Content-Type: application/json to /graphql and /auth/session, a form to /v1/introspect.',
  },
  RATE_LIMITED: {
    status: 429,
    title: 'Too many requests of this kind',
    remedy: 'Try again after `Retry-After`, or `extensions.retryAfter`, seconds. Nothing was changed.',
  },
  TOO_MANY_FEEDS: {
    status: 429,
    title: 'Too many live feeds are open',
    remedy: 'Close a feed of yours. One feed gives the events of the whole account, so a program needs only one.',
  },
  HEADERS_TOO_LARGE: {
    status: 431,
    title: 'The headers are too large',
    remedy: 'Send fewer or shorter headers. The limit for all headers together is 16 KiB.',
  },
  INTERNAL_SERVER_ERROR: {
    status: 500,
    title: 'Unexpected error',
    remedy: "Report it to the operator. The server's log has details under the `x-request-id` of the answer.",
  },
  NOT_READY: {
    status: 503,
    title: 'The server is not ready to answer this',
    remedy: 'Try again in a moment. `GET /readyz` shows how far the server has read its log.',
    retryAfter: SOON,
  },
  STALE: {
    status: 503,
    title: 'The server may not know the latest changes',
    remedy: 'Try again in a moment. The server has not heard from its store for too long. If this lasts, see `GET /readyz`.',
    retryAfter: SOON,
  },
  TOO_MANY_QUESTIONS: {
    status: 503,
    title: 'Too many questions of analysts wait for an answer',
    remedy: 'Try again in a moment, and ask for fewer distributions at a time. The server answers one question after another.',
    retryAfter: SOON,
  },
  QUESTION_FAILED: {
    status: 503,
    title: 'The question of an analyst could not be answered',
    remedy: "Try again in a moment. If it fails again, tell the operator: the server's log says why.",
    retryAfter: SOON,
  },
  STORE_UNAVAILABLE: {
    status: 503,
    title: 'The event store cannot be reached',
    remedy: 'Try again in a moment. Nothing was changed.',
    retryAfter: SOON,
  },
  OUTCOME_UNKNOWN: {
    status: 503,
    title: 'The event store did not say in time whether the change was made',
    remedy: 'Look at the keys, then try again. With the same `idempotencyKey`, a second try creates no second key.',
    retryAfter: SOON,
  },
  CLOCK_SKEW: {
    status: 503,
    title: "The server's clock differs from its event store's",
    remedy: "Nothing was changed. Try another server, or try again later. The operator must correct the server's clock.",
    retryAfter: 10,
  },
  ACCOUNT_UNREADABLE: {
    status: 503,
    title: 'The events of the account cannot be read',
    remedy:
      "Tell the operator. The server's log says what is wrong. Until it is repaired, no key can be created or deleted, and the account's keys may be refused.",
    retryAfter: 30,
  },
  LOG_SEALED: {
    status: 503,
    title: 'The log was moved to another store',
    remedy: 'Point KEYLEDGER_STORE at the new store and restart the server.',
  },
  LOG_MISMATCH: {
    status: 503,
    title: 'The event log lacks events, was changed, or is another log',
    remedy:
      "Run `keyledger recover`. Until then, no key is verified and nothing is changed. The server's log says what is wrong.",
    retryAfter: SOON,
  },
  IDENTITY_PROVIDER_UNAVAILABLE: {
    status: 503,
    title: 'The identity provider cannot be reached',
    remedy: 'Try again in a moment. The token could not be checked.',
    retryAfter: SOON,
  },
  NO_CHECKPOINT: {
    status: 503,
    title: 'There is no signed checkpoint',
    remedy: 'The message says why: the log is empty, lacks events or was rewritten, or there is no key for signing.',
    retryAfter: 10,
  },
  NO_PSEUDONYM_KEY: {
    status: 503,
    title: 'There are no analytics without a key for pseudonyms',
    remedy: 'Set KEYLEDGER_PSEUDONYM_KEY.',
  },
  METRICS_UNAVAILABLE: {
    status: 503,
    title: 'The metrics of all workers cannot be added up now',
    remedy: 'Scrape again.',
    retryAfter: SOON,
  },
  SHUTTING_DOWN: {
    status: 503,
    title: 'The server is shutting down',
    remedy: 'Try again in a moment, over a new connection.',
    retryAfter: SOON,
  },
  KEY_LIMIT_REACHED: {
    status: 200,
    title: 'The account has reached the limit of keys',
    remedy: 'Delete a key, then try again. Disabled keys count, and expired keys do not.',
  },
  KEY_NOT_FOUND: {
    status: 200,
    title: 'The account has no such key',
    remedy: 'List the keys of the account. The key may have been deleted already.',
  },
  KEY_ALREADY_CREATED: {
    status: 200,
    title: 'The `idempotencyKey` has created a key before',
    remedy: 'Use that key, or delete it and use a new `idempotencyKey`. Its secret is never shown again.',
  },
  KEY_DISABLED: {
    status: 200,
    title: 'The key is disabled',
    remedy: 'Enable the key, then try again.',
  },
  ACCOUNT_FROZEN: {
    status: 200,
    title: 'An operator has frozen the account',
    remedy: 'Ask the operator. Until the account is thawed, no key can be created, rotated or enabled. Keys can be deleted.',
  },
  ACCOUNT_NOT_FOUND: {
    status: 200,
    title: 'No account of that id has ever held a key',
    remedy: 'Check the id of the account.',
  },
  IDEMPOTENCY_KEY_USED: {
    status: 200,
    title: 'The `idempotencyKey` was used before, with another input',
    remedy: 'Use a new `idempotencyKey` for each new request.',
  },
} as const satisfies Record<string, ErrorMeaning>;
