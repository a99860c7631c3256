import { isOutcomeUnknown as isAnswerUnknown } from '../../client/failures.js';
import { session } from '../session/session.js';

export { AnswerLost, Refused } from '../../client/failures.js';

/** There is no session, or it has ended. */
export class SignedOut extends Error {
  constructor() {
    super('Your session had ended, so this request has changed nothing.');
  }
}

/** Ends the session for the whole page. Returns the error to throw. */
export function signedOut(): SignedOut {
  session.end();
  return new SignedOut();
}

/** True if the requested change may have been made in spite of the error. */
export function isOutcomeUnknown(error: unknown): boolean {
  return !(error instanceof SignedOut) && isAnswerUnknown(error);
}

/** A sentence for people, whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
