/** Something that must never happen has happened. */
export class Violation extends Error {
  /** @param invariant the rule, always in the same words */
  constructor(
    readonly invariant: string,
    readonly details: string,
  ) {
    super(`${invariant}: ${details}`);
  }
}
