/** There is no token, or it is not valid. */
export class Unauthenticated extends Error {
  readonly code = 'UNAUTHENTICATED';
}

/** The identity provider does not answer, or not as it should. */
export class IdentityProviderUnavailable extends Error {
  readonly code = 'IDENTITY_PROVIDER_UNAVAILABLE';
  constructor(consequence: string, cause?: unknown) {
    super(`The identity provider cannot be reached, so ${consequence}. Try again later.`, { cause });
  }
}
