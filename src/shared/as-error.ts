/** What was thrown, as an error. Does not use `instanceof`, for the reason that `codeOf` gives. */
export function asError(thrown: unknown): Error {
  return isError(thrown) ? thrown : new Error(String(thrown));
}

function isError(thrown: unknown): thrown is Error {
  return typeof thrown === 'object' && thrown !== null && typeof Reflect.get(thrown, 'message') === 'string';
}
