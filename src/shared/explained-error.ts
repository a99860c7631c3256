/** An error whose message says what to do, so nothing is added to it. */
export class ExplainedError extends Error {}
