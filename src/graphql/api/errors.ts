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

/** The viewer's role, or account, does not allow it. */
export class Forbidden extends GraphQLError {
  constructor(message: string) {
    super(message, { extensions: { code: 'FORBIDDEN' } });
  }
}

/** The account has asked for as many changes as it may. */
export class RateLimited extends GraphQLError {
  /** @param wait how many milliseconds until it may ask for another */
  constructor(wait: number) {
    const retryAfter = Math.ceil(wait / 1000);
    super(`This account has asked for too many changes. Nothing was changed; try again in ${retryAfter} s.`, {
      extensions: { code: 'RATE_LIMITED', retryAfter },
    });
  }
}

/** An argument is not what it must be. */
export class BadUserInput extends GraphQLError {
  constructor(message: string, path?: PropertyKey[], node?: ASTNode) {
    super(message, { nodes: node, extensions: { code: 'BAD_USER_INPUT', ...(path && { path }) } });
  }
}

/**
 * An argument, checked.
 * @param path where the argument stands in the operation's arguments
 * @throws BadUserInput with the path of the first fault, and all faults in its message
 */
export function parseArgument<T>(schema: z.ZodType<T>, value: unknown, ...path: string[]): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => ({ path: [...path, ...issue.path], message: issue.message }));
  throw new BadUserInput(faults.map(({ path, message }) => `${path.join('.')} ${message}`).join('; '), faults[0]?.path);
}

/** What libraries refuse, by the status that they give it; their own codes say less, or are missing. */
const REFUSED: ReadonlyMap<unknown, ErrorCode> = new Map([
  [400, 'BAD_REQUEST'],
  [403, 'CSRF_HEADER_REQUIRED'],
  [405, 'METHOD_NOT_ALLOWED'],
]);

/**
 * What a client is told of an error: everything that was meant for it, and nothing of what was not. What is meant for it has one of
 * our codes: an error without one is a fault of ours, whoever threw it.
 */
export function maskError(error: unknown, log: Pick<Logger, 'error' | 'warn'>): Error {
  const thrown = error instanceof GraphQLError ? error.originalError : error;
  const original = asTold(thrown);
  if (error instanceof GraphQLError && (!original || original instanceof GraphQLError)) {
    const { code, ...extensions } = error.extensions;
    const known = ownCode(error);
    // What has no code of its own has no message either that says what to do.
    const message = code === undefined && known ? refusalOf(known) : error.message;
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

/** The error that a client can act on, where another one means the same. */
function asTold(error: unknown): unknown {
  if (isLocked(error)) return new TablesLocked({ cause: error });
  return error instanceof UnreadableStream ? new AccountUnreadable({ cause: error }) : error;
}
