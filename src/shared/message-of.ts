import { asError } from './as-error.js';

/** What is wrong, whatever was thrown. */
export function messageOf(error: unknown): string {
  return asError(error).message;
}
