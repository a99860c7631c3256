import { z } from 'zod';
import { parseKey } from '../shared/key-text.js';

/**
 * A setting that is a text without control characters.
 * @param allowed its form, as messages and the reference give it
 * @param parse undefined if the text has another form
 */
export function setting<T>(allowed: string, parse: (text: string) => T | undefined) {
  const parsed = z.string().transform((text, context): T => {
    const isPlain = !/\p{Cc}/u.test(text);
    const value = isPlain ? parse(text) : undefined;
    if (value !== undefined) return value;
    context.addIssue(isPlain ? allowed : `${allowed}; it must hold no control characters`);
    return z.NEVER;
  });
  return parsed.meta({ form: allowed });
}

/** A key of 32 bytes. */
export const KEY = setting('32 bytes in base64, as `openssl rand -base64 32` prints them', parseKey).optional();
