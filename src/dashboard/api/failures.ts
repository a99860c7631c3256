import { session } from '../session/session.js';

/** The answer was lost, or never made: whether a change was made is not known. */
export class AnswerLost extends Error {
  constructor(options?: ErrorOptions) {
    super('Keyledger could not be reached, or its answer was lost on the way.', options);
  }
}

/** The session is over, or there is none. */
export class SignedOut extends Error {
  constructor() {
    super('Your session has ended. Sign in again; this request has changed nothing.');
  }
}

/** Has every part of the page know that the session is over. */
export function signedOut(): SignedOut {
  session.end();
  return new SignedOut();
}

/** The API answered with an error; the message is for people. */
export class Refused extends Error {
  constructor(
    message: string,
    /** One of the codes in `docs/reference/errors.md`. */
    readonly code: string,
    /** The argument that is at fault, such as `input.name`. */
    readonly argument: string | undefined,
    /** Where the code is explained. */
    readonly docs: string | undefined,
  ) {
    super(message);
  }
}

/** A fault of the server's may come after the change that it was asked for. */
const UNKNOWN = ['OUTCOME_UNKNOWN', 'INTERNAL_SERVER_ERROR'];

/** Whether the change that was asked for may have been made all the same: where nobody has said that it was not. */
export function isOutcomeUnknown(error: unknown): boolean {
  return !(error instanceof SignedOut || (error instanceof Refused && !UNKNOWN.includes(error.code)));
}

/** A sentence for people, whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
