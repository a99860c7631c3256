import { AuthorizationResponseError, ResponseBodyError } from 'openid-client';
import { codeOf } from '../shared/error-code.js';

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
  const code = codeOf(error);
  if (code !== undefined) return code;
  return typeof error === 'object' && error !== null && 'cause' in error ? reasonOf(error.cause) : 'unknown';
}
