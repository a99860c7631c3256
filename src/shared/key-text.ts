/** The length of an installation's key, in bytes. */
export const KEY_LENGTH = 32;

/** Decodes a key from base64, as `openssl rand -base64 32` prints it; undefined if the text is not such a key. */
export function parseKey(text: string): Buffer | undefined {
  const key = Buffer.from(text, 'base64');
  return /^[A-Za-z0-9+/_-]{43}=?$/.test(text) && key.length === KEY_LENGTH ? key : undefined;
}
