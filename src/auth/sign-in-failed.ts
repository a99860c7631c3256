import { AuthorizationResponseError, ResponseBodyError } from 'openid-client';

/** The kinds of failure that pages explain to people. */
export type SignInFault = 'denied' | 'expired' | 'provider' | 'not-permitted' | 'too-large' | 'still-signed-in';

/** Nobody was signed in. The message is for the log: it says why, and contains no code and no token. */
export class SignInFailed extends Error {
  readonly code: SignInFault;
  constructor(code: SignInFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * A short reason for a failure at the provider: the error code of OAuth (RFC 6749, sections 4.1.2.1 and 5.2), or of what kept its answer
 * from us. The rest of such errors is left out, since it may repeat what was sent.
 */
export function reasonOf(error: unknown): string {
  if (error instanceof AuthorizationResponseError || error instanceof ResponseBodyError) return error.error;
  if (typeof error !== 'object' || error === null) return 'unknown';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return 'cause' in error ? reasonOf(error.cause) : 'unknown';
}
