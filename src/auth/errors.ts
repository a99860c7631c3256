/** There is no token, or it is not valid. */
export class Unauthenticated extends Error {
  readonly code = 'UNAUTHENTICATED';
}

/** The identity provider's keys cannot be fetched, so no token can be checked. */
export class IdentityProviderUnavailable extends Error {
  readonly code = 'IDENTITY_PROVIDER_UNAVAILABLE';
  constructor(options?: ErrorOptions) {
    super('The identity provider cannot be reached, so the token cannot be checked. Try again later.', options);
  }
}
