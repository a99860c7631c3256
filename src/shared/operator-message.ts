import { codeOf } from './error-code.js';

/** The text of an error for the operator. It may name addresses and files, and is never shown to clients. */
export function operatorMessageOf(error: Error): string {
  const detail: unknown = Reflect.get(error, 'detail');
  if (typeof detail === 'string') return detail;
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  const code = codeOf(cause);
  return `${error.message} The reason: ${operatorMessageOf(cause)}${code === undefined ? '' : ` (${code})`}`;
}

/** True for an error of the store, which has nested causes of the store's client and says enough without them. */
export function isOfStore(error: unknown): error is Error {
  return error instanceof Error && ['STORE_UNAVAILABLE', 'OUTCOME_UNKNOWN'].includes(codeOf(error) ?? '');
}
