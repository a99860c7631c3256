/** The answer was lost, or never made: whether a change was made is not known. */
export class AnswerLost extends Error {
  constructor(options?: ErrorOptions) {
    super('Keyledger could not be reached, or its answer was lost on the way.', options);
  }
}

/** The session is over, or there is none. */
export class SignedOut extends Error {
  constructor() {
    super('Your session has ended. Sign in again; nothing was changed.');
  }
}

/** The API answered with an error; the message is for people. */
export class Refused extends Error {
  constructor(
    message: string,
    /** One of the codes in the README. */
    readonly code: string,
    /** The argument that is at fault, such as `input.name`. */
    readonly argument: string | undefined,
  ) {
    super(message);
  }
}

/** Whether the change that was asked for may have been made all the same. */
export function isOutcomeUnknown(error: unknown): boolean {
  return error instanceof AnswerLost || (error instanceof Refused && error.code === 'OUTCOME_UNKNOWN');
}

/** A sentence for people, whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
