/**
 * The error's `code`, where that is a text. Does not use `instanceof`: if a program loads a driver twice, as test runners do, its error
 * classes exist twice.
 */
export function codeOf(error: unknown): string | undefined {
  const code: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** True if the error's `code` begins with the given text. */
export function hasCode(error: unknown, code: string): boolean {
  return codeOf(error)?.startsWith(code) ?? false;
}
