/** How many bytes a key of an installation has. */
export const KEY_LENGTH = 32;

/** The key that a text holds in base64, as `openssl rand -base64 32` prints it; undefined where it holds none. */
export function parseKey(text: string): Buffer | undefined {
  const key = Buffer.from(text, 'base64');
  return /^[A-Za-z0-9+/_-]{43}=?$/.test(text) && key.length === KEY_LENGTH ? key : undefined;
}
