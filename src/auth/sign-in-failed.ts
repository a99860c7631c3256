import { AuthorizationResponseError, ResponseBodyError } from 'openid-client';

/** What pages tell people apart by. */
export type SignInFault = 'denied' | 'expired' | 'provider' | 'not-permitted' | 'too-large';

/** Nobody was signed in. The message is for the log: it says why, and holds no code and no token. */
export class SignInFailed extends Error {
  readonly code: SignInFault;
  constructor(code: SignInFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * What went wrong at the provider, in a word: the error code of OAuth (RFC 6749, sections 4.1.2.1 and 5.2), or of what kept its
 * answer from us. Whatever else such errors hold may repeat what was sent.
 */
export function reasonOf(error: unknown): string {
  if (error instanceof AuthorizationResponseError || error instanceof ResponseBodyError) return error.error;
  if (typeof error !== 'object' || error === null) return 'unknown';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return 'cause' in error ? reasonOf(error.cause) : 'unknown';
}
