/**
 * Whether the error has a code that begins so. By the code alone, for where a program loads a driver twice, as test runners
 * do, there are two classes of its errors.
 */
export function hasCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && String(Reflect.get(error, 'code')).startsWith(code);
}
