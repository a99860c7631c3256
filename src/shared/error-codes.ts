import { codeOf } from './error-code.js';
import { ERROR_CODES, type ErrorMeaning } from './error-meanings.js';
import { PATH } from './paths.js';

/** One of the codes of `ERROR_CODES`. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** The address of the code's entry in the documentation that every server serves. */
export function docsOf(code: ErrorCode): string {
  return `${PATH.docs}/errors#${code}`;
}

/** What the code means, and what to do. */
export function meaningOf(code: ErrorCode): ErrorMeaning {
  return ERROR_CODES[code];
}

export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(ERROR_CODES, code);
}

/** The code of an error that is meant for the client; undefined for any other error. */
export function errorCodeOf(error: unknown): ErrorCode | undefined {
  const code = codeOf(error);
  return isErrorCode(code) ? code : undefined;
}
