import { type ASTNode, GraphQLError } from 'graphql';
import type { Logger } from 'pino';
import type { z } from 'zod';
import { isLocked, TablesLocked } from '../shared/until-unlocked.js';

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

/** Errors that are nobody's fault and that a client can act on. */
const TOLD: unknown[] = [
  'OUTCOME_UNKNOWN',
  'STORE_UNAVAILABLE',
  'LOG_SEALED',
  'NO_CHECKPOINT',
  'NO_PSEUDONYM_KEY',
  'NOT_READY',
];

/** What a client is told of an error: everything that was meant for it, and nothing of what was not. */
export function tell(error: unknown, log: Pick<Logger, 'error' | 'warn'>): Error {
  const thrown = error instanceof GraphQLError ? error.originalError : error;
  const original = isLocked(thrown) ? new TablesLocked({ cause: thrown }) : thrown;
  if (error instanceof GraphQLError && (!original || original instanceof GraphQLError)) return error;
  const { nodes, source, path } = error instanceof GraphQLError ? error : new GraphQLError('');
  if (original instanceof Error && 'code' in original && TOLD.includes(original.code)) {
    log.warn({ err: original }, 'answered with an error');
    return new GraphQLError(original.message, { nodes, source, path, extensions: { code: original.code } });
  }
  log.error({ err: original }, 'unexpected error');
  return new GraphQLError('Unexpected error.', { nodes, source, path, extensions: { code: 'INTERNAL_SERVER_ERROR' } });
}
