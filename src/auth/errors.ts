/** There is no token, or it is not valid. The message is for its sender. */
export class Unauthenticated extends Error {
  readonly code = 'UNAUTHENTICATED';
  /** Why, for the log. */
  readonly reason: string;

  constructor(message: string, { reason = message, ...options }: ErrorOptions & { reason?: string } = {}) {
    super(message, options);
    this.reason = reason;
  }
}

/** The identity provider does not answer, or not as it should. */
export class IdentityProviderUnavailable extends Error {
  readonly code = 'IDENTITY_PROVIDER_UNAVAILABLE';
  constructor(consequence: string, cause?: unknown) {
    super(`The identity provider cannot be reached, so ${consequence}. Try again later.`, { cause });
  }
}
