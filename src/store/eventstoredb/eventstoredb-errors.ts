import { AccessDeniedError, StreamDeletedError, WrongExpectedVersionError } from '@eventstore/db-client';
import { UnreadableStream } from '../../domain/keys/refusals.js';
import { codeOf } from '../../shared/error-code.js';
import { NoAnswer } from '../../shared/with-timeout.js';
import { OldFormat, OutcomeUnknown, StoreUnavailable, VersionConflict } from '../event-store.js';
import { outageOf } from './outage.js';

/** The oldest server version whose subscriptions report that they have caught up. */
export const OLDEST_SERVER = { major: 23, minor: 10 };

/** The server is too old to be followed. */
export class UnsupportedServer extends Error {
  constructor(version: string) {
    super(
      `EventStoreDB ${OLDEST_SERVER.major}.${OLDEST_SERVER.minor} or newer is needed; this server is ${version}. Upgrade it.`,
    );
  }
}

/** An operator has deleted or truncated a stream. */
export class StreamRemoved extends UnreadableStream {}

/**
 * True if the error comes from the client's look-up of the leader and its capabilities, which precedes each append. Only these errors are
 * plain ones, of discovery or of gRPC. Nothing has been sent then.
 */
function isLookUp(error: unknown): boolean {
  if (!(error instanceof Error) || 'type' in error) return false;
  return 'metadata' in error || error.message.startsWith('Failed to discover');
}

/**
 * True if only a new client can continue: this one may cache a failed look-up forever, and it stays with a silent leader long after the
 * cluster has elected another.
 */
export function isStuck(error: unknown): boolean {
  return error instanceof NoAnswer || isLookUp(error);
}

/** True if there is no connection to the server, or no leader to connect to. Its address serves gRPC and HTTP. */
export function isDisconnected(error: unknown): boolean {
  return (
    isLookUp(error) || ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'].includes(codeOf(error) ?? '')
  );
}

/** Converts the error of a failed append for the caller. */
export function refusal(stream: string, version: number, error: unknown, connectionString: string): Error {
  if (error instanceof WrongExpectedVersionError) {
    const { actualVersion } = error;
    return new VersionConflict(stream, version, typeof actualVersion === 'bigint' ? Number(actualVersion) + 1 : 0);
  }
  if (error instanceof StreamDeletedError) return removed(error);
  if (isLookUp(error) || error instanceof AccessDeniedError) return unanswered(error, connectionString);
  return new OutcomeUnknown({ cause: error });
}

/** Converts the error of a failed read for the caller. */
export function unavailable(error: unknown, connectionString: string): unknown {
  if (error instanceof StreamDeletedError) return removed(error);
  const isOurs = [StoreUnavailable, UnsupportedServer, OldFormat, UnreadableStream].some((known) => error instanceof known);
  return isOurs ? error : unanswered(error, connectionString);
}

function removed(cause: StreamDeletedError): StreamRemoved {
  return new StreamRemoved(`An operator has deleted stream ${cause.streamName} for good. Restore it from a backup.`, { cause });
}

function unanswered(cause: unknown, connectionString: string): StoreUnavailable {
  return new StoreUnavailable({ cause, detail: outageOf(connectionString, cause) });
}
