import { z } from 'zod';
import { hasLoneMark, hasUnseen, isVisible } from '../../domain/keys/key-name.js';
import { SECRET_PATTERN } from '../../domain/keys/secret.js';

const MAX_LENGTH = 100;
const MAX_SCOPES = 32;
/** 30 days, in seconds. */
const MAX_OVERLAP = 30 * 24 * 60 * 60;

/** RFC 6749, section 3.3: printable ASCII without space, quotation mark and backslash. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

const UNSEEN = 'must not contain invisible characters';

const text = z
  .string()
  .refine((value) => [...value].length <= MAX_LENGTH, `must have at most ${MAX_LENGTH} characters`)
  .refine((value) => !SECRET_PATTERN.test(value), 'must not contain a secret, since the log keeps this text forever');

const idempotencyKey = text
  .min(1, 'must not be empty')
  .refine((value) => !hasUnseen(value), UNSEEN)
  .nullish()
  .transform(orUndefined);

const scopes = z
  .array(text.regex(SCOPE, 'must be a scope as in RFC 6749: printable ASCII without space, " and \\'))
  .max(MAX_SCOPES, `must have at most ${MAX_SCOPES} scopes`)
  .nullish()
  .transform((value) => [...new Set(value)]);

const name = text
  .refine((value) => !hasUnseen(value), UNSEEN)
  .refine((value) => !hasLoneMark(value), 'must have a letter before each combining mark')
  .refine(isVisible, 'must not be empty');

export const createKeyInput = z.object({
  name,
  scopes,
  expiresAt: z
    .date()
    .nullish()
    .transform((value) => value?.toISOString()),
  idempotencyKey,
});

export const rotateKeyInput = z.object({
  keyId: z.string(),
  overlapSeconds: z
    .int()
    .min(0, 'must not be negative')
    .max(MAX_OVERLAP, `must be at most ${MAX_OVERLAP} seconds (30 days)`)
    .nullish()
    .transform((value) => value ?? 0),
  idempotencyKey,
});

export const renameKeyInput = z.object({ keyId: z.string(), name, idempotencyKey });

/** The input of `disableKey` and `enableKey`. */
export const switchKeyInput = z.object({ keyId: z.string(), idempotencyKey });

function orUndefined<T>(value: T | null | undefined): T | undefined {
  return value ?? undefined;
}
