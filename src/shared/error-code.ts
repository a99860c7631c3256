/**
 * True if the error's `code` begins with the given text. Does not use `instanceof`: if a program loads a driver twice, as test runners do,
 * its error classes exist twice.
 */
export function hasCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && String(Reflect.get(error, 'code')).startsWith(code);
}
