/** No answer arrived, so it is unknown whether a change was made. */
export class AnswerLost extends Error {
  override readonly name = 'AnswerLost';

  constructor(options?: ErrorOptions) {
    super('Keyledger could not be reached, or its answer was lost on the way.', options);
  }
}

/** The API answered with an error; the message is for people. */
export class Refused extends Error {
  override readonly name = 'Refused';

  constructor(
    message: string,
    /** One of the codes in `docs/reference/errors.md`. */
    readonly code: string,
    /** The invalid argument, such as `input.name`. */
    readonly argument: string | undefined,
    /** Where the server explains the code, such as `/docs/errors#KEY_DISABLED`: a path on the server. */
    readonly docs: string | undefined,
    /** After how many seconds the same request may succeed without a change. */
    readonly retryAfter?: number | undefined,
  ) {
    super(message);
  }
}

/** The codes after which a change may have been made. A fault of the server can follow the change. */
const UNKNOWN = ['OUTCOME_UNKNOWN', 'INTERNAL_SERVER_ERROR'];

/** True if the requested change may have been made in spite of the error. */
export function isOutcomeUnknown(error: unknown): boolean {
  return !(error instanceof Refused && !UNKNOWN.includes(error.code));
}
