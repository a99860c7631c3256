import { type ErrorCode, errorCodeOf } from './error-codes.js';

/** An error for the process's log. The process explains a seal once; what fails because of it needs no stack trace. */
export function loggedCause(error: unknown): { err: unknown } | { code: ErrorCode } {
  const code = errorCodeOf(error);
  return code === 'LOG_SEALED' ? { code } : { err: error };
}
