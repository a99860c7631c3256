import { type ASTNode, GraphQLError } from 'graphql';
import type { Logger } from 'pino';
import type { z } from 'zod';
import { AccountUnreadable, UnreadableStream } from '../../domain/keys/refusals.js';
import { type ErrorCode, errorCodeOf, isErrorCode, meaningOf } from '../../shared/error-codes.js';
import { isLocked, TablesLocked } from '../../shared/until-unlocked.js';

/** A request is refused before its document is executed. */
export class RequestRefused extends GraphQLError {
  constructor(code: ErrorCode, message: string) {
    super(message, { extensions: { code, http: { status: meaningOf(code).status } } });
  }
}

/** The role or the account of the viewer does not allow it. */
export class Forbidden extends GraphQLError {
  constructor(message: string) {
    super(message, { extensions: { code: 'FORBIDDEN' } });
  }
}

/** The viewer has none of the roles that the field needs. The name of each role begins with a vowel. */
export class RoleMissing extends Forbidden {
  constructor(roles: readonly string[]) {
    const holders = new Intl.ListFormat('en', { type: 'disjunction' }).format(roles.map((role) => `an ${role}`));
    super(`Your role does not allow this. Use the token of ${holders}.`);
  }
}

/** The account has reached the rate limit of mutations. */
export class RateLimited extends GraphQLError {
  /** @param wait milliseconds until the next mutation is allowed */
  constructor(wait: number) {
    const retryAfter = Math.ceil(wait / 1000);
    super(`This account has reached the limit of changes per minute. Nothing was changed. Try again in ${retryAfter} s.`, {
      extensions: { code: 'RATE_LIMITED', retryAfter },
    });
  }
}

/** An argument is invalid. */
export class BadUserInput extends GraphQLError {
  constructor(message: string, path?: PropertyKey[], node?: ASTNode) {
    super(message, { nodes: node, extensions: { code: 'BAD_USER_INPUT', ...(path && { path }) } });
  }
}

/**
 * Parses an argument.
 * @param path the place of the argument among the arguments of the operation
 * @throws BadUserInput with the path of the first fault, and all faults in its message
 */
export function parseArgument<T>(schema: z.ZodType<T>, value: unknown, ...path: string[]): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => ({ path: [...path, ...issue.path], message: issue.message }));
  throw new BadUserInput(faults.map(({ path, message }) => `${path.join('.')} ${message}`).join('; '), faults[0]?.path);
}

/** Error codes for refusals by libraries, by HTTP status. The libraries' own codes are less exact or missing. */
const REFUSED: ReadonlyMap<unknown, ErrorCode> = new Map([
  [400, 'BAD_REQUEST'],
  [403, 'CSRF_HEADER_REQUIRED'],
  [405, 'METHOD_NOT_ALLOWED'],
]);

/**
 * The error for the client. An error with one of our codes is passed on. Any other error is a fault of the server: it is logged, and the
 * client gets `INTERNAL_SERVER_ERROR`.
 */
export function maskError(error: unknown, log: Pick<Logger, 'error' | 'warn'>): Error {
  const thrown = error instanceof GraphQLError ? error.originalError : error;
  const original = actionableErrorOf(thrown);
  if (error instanceof GraphQLError && (!original || original instanceof GraphQLError)) {
    const { code, ...extensions } = error.extensions;
    const known = ownCode(error);
    // Such an error has no message that says what to do.
    const isUnexplained = code === undefined || code === 'OPERATION_RESOLUTION_FAILURE';
    const message = isUnexplained && known ? refusalOf(known) : error.message;
    if (known) return Object.assign(error, { message, extensions: { ...extensions, code: known } });
  }
  const { nodes, source, path } = error instanceof GraphQLError ? error : new GraphQLError('');
  const code = errorCodeOf(original);
  if (original instanceof Error && code) {
    log.warn({ err: original }, 'answered with an error');
    return new GraphQLError(original.message, { nodes, source, path, extensions: { code } });
  }
  log.error({ err: original ?? error }, 'unexpected error');
  return new GraphQLError('Unexpected error.', { nodes, source, path, extensions: { code: 'INTERNAL_SERVER_ERROR' } });
}

function refusalOf(code: ErrorCode): string {
  const { title, remedy } = meaningOf(code);
  return `${title}. ${remedy}`;
}

function ownCode({ extensions: { code, http } }: GraphQLError): ErrorCode | undefined {
  const refused = code === undefined || code === 'BAD_REQUEST' ? REFUSED.get(statusIn(http)) : undefined;
  return refused ?? (isErrorCode(code) ? code : undefined);
}

function statusIn(http: unknown): unknown {
  return typeof http === 'object' && http !== null && 'status' in http ? http.status : undefined;
}

/** Replaces an internal error by one that the client can act on, if there is one. */
function actionableErrorOf(error: unknown): unknown {
  if (isLocked(error)) return new TablesLocked({ cause: error });
  return error instanceof UnreadableStream ? new AccountUnreadable({ cause: error }) : error;
}
