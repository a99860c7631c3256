import { z } from 'zod';
import { QUARTER } from '../domain/analytics/quarter.js';
import { IDENTIFIER } from '../domain/keys/identifier.js';
import { KEY_ID_PATTERN } from '../domain/keys/secret.js';
import { DAY } from '../domain/usage/key-usage.js';
import type { Category } from './event-store.js';

/** `form` is the description that the documentation shows instead of the pattern. */
const timestamp = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/)
  .meta({ form: 'a time: `2026-01-31T12:34:56.789Z`' });
const keyId = z.string().regex(KEY_ID_PATTERN).meta({ form: 'a key id: `key_` and 22 letters and digits' });
export const sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .meta({ form: '64 hexadecimal digits' });

const metadata = z.strictObject({
  at: timestamp.describe('When it happened, by the clock of the process that wrote it: RFC 3339, in UTC, with milliseconds.'),
  actor: z
    .string()
    .describe(
      'Who caused it: the subject of a token, `system:expiry`, `system:usage`, `system:retention`, `system:recovery`, `anonymous:leak-report`, or `local:<user>` for a command.',
    ),
  correlationId: z
    .string()
    .describe(
      'The `x-request-id` of the answer to the request that caused it. Records of usage and of commands have an id of their own.',
    ),
  causationId: z.string().optional().describe('Reserved: the id of the event that caused this one.'),
});

const REQUEST = {
  idempotencyKey: z.string().optional().describe('The name that the client gave to its request.'),
  inputHash: sha256
    .optional()
    .describe('The SHA-256 of the input that was sent with the idempotency key, as canonical JSON (RFC 8785).'),
};

/** For `refine`: whether an event names both or none of what `REQUEST` holds, and what is wrong if not. */
const isWholeRequest = ({ idempotencyKey, inputHash }: { idempotencyKey?: unknown; inputHash?: unknown }) =>
  (idempotencyKey === undefined) === (inputHash === undefined);
const NOT_WHOLE = 'idempotencyKey and inputHash belong together';

const note = z.string().optional();

/** The events of a stream of keys. */
export const keyEvent = z.discriminatedUnion('type', [
  z
    .object({
      type: z.literal('KeyCreated'),
      metadata,
      data: z
        .strictObject({
          keyId: keyId.describe('The id of the new key.'),
          name: z.string().describe('The name that its owner gave it.'),
          secretHash: sha256.describe('The SHA-256 of its secret. The secret itself is stored nowhere.'),
          hint: z.string().describe('The last four characters of its secret.'),
          scopes: z.array(z.string()).describe('What it may be used for.'),
          expiresAt: timestamp.optional().describe('From when on it does not authenticate. Without it, the key never expires.'),
          lifetime: z
            .int()
            .positive()
            .optional()
            .describe(
              'How long it authenticates after its creation, in milliseconds. A rotation passes it on to the next key.',
            ),
          ...REQUEST,
          replaces: keyId.optional().describe('The key that it replaces, if a rotation created it.'),
        })
        .refine(
          ({ expiresAt, lifetime }) => (expiresAt === undefined) === (lifetime === undefined),
          'expiresAt and lifetime belong together',
        )
        .refine(isWholeRequest, NOT_WHOLE),
    })
    .describe('A key was created.'),
  z
    .object({
      type: z.literal('KeyDeleted'),
      metadata,
      data: z.strictObject({
        keyId: keyId.describe('The key that is deleted.'),
        reason: z
          .enum(['REQUESTED', 'ROTATED', 'EXPIRED', 'LEAKED', 'REVOKED'])
          .describe(
            'Why: its owner asked, a rotation replaced it, its slot was needed after it expired, its secret was reported, or an operator revoked it.',
          ),
        replacedBy: keyId.optional().describe('The key that took its place in a rotation.'),
        note: note.describe('Why an operator revoked it.'),
      }),
    })
    .describe(
      'A key was deleted, for good. Schema version 1 has no note and no reason `REVOKED`; what it can say is still written as version 1.',
    ),
  z
    .object({
      type: z.literal('KeyExpirySet'),
      metadata,
      data: z.strictObject({
        keyId: keyId.describe('The key that a rotation replaces.'),
        expiresAt: timestamp.describe(
          'From when on it does not authenticate: the end of the overlap, or its own expiry if that is earlier.',
        ),
      }),
    })
    .describe('A rotation with an overlap gave the old key an expiry.'),
  z
    .object({
      type: z.literal('KeyRenamed'),
      metadata,
      data: z
        .strictObject({
          keyId: keyId.describe('The key that is renamed.'),
          name: z.string().describe('Its new name.'),
          ...REQUEST,
        })
        .refine(isWholeRequest, NOT_WHOLE),
    })
    .describe('A key was given another name.'),
  z
    .object({
      type: z.literal('KeyDisabled'),
      metadata,
      data: z
        .strictObject({ keyId: keyId.describe('The key that is disabled.'), ...REQUEST })
        .refine(isWholeRequest, NOT_WHOLE),
    })
    .describe('A key was disabled: it does not authenticate until it is enabled. It keeps its slot.'),
  z
    .object({
      type: z.literal('KeyEnabled'),
      metadata,
      data: z.strictObject({ keyId: keyId.describe('The key that is enabled.'), ...REQUEST }).refine(isWholeRequest, NOT_WHOLE),
    })
    .describe('A disabled key was enabled: it authenticates again, until it expires.'),
  z
    .object({
      type: z.literal('AccountFrozen'),
      metadata,
      data: z.strictObject({ note: note.describe('Why an operator froze it.') }),
    })
    .describe('An operator froze the account: no key of it is created, rotated or enabled. Keys still authenticate.'),
  z
    .object({
      type: z.literal('AccountThawed'),
      metadata,
      data: z.strictObject({ note: note.describe('Why an operator thawed it.') }),
    })
    .describe('An operator ended the freeze of the account.'),
]);

const asked = z.string().optional();

/** The events of a stream of reads. */
export const historyRead = z
  .object({
    type: z.literal('HistoryRead'),
    metadata,
    data: z.strictObject({
      what: z
        .string()
        .describe(
          'The field of the API that was used, such as `events` or `Account.history`, or the command: `export`, `export --usage`, `asof`.',
        ),
      filter: z
        .strictObject({ account: asked, keyId: asked, type: asked, actor: asked, from: asked, to: asked, at: asked })
        .describe('What was asked for, as far as it was given. `?` stands for a text that is not a valid value.'),
      times: z.int().positive().describe('How many equal reads the record stands for.'),
    }),
  })
  .describe('Somebody read the history.');

/** The events of the stream that records which reads were removed. */
export const readsRemoved = z
  .object({
    type: z.literal('ReadsRemoved'),
    metadata,
    data: z.strictObject({
      before: z.iso.date().describe('The first day, in UTC, whose records were not removed.'),
      records: z.int().positive().describe('How many access records were removed.'),
    }),
  })
  .describe('Access records were removed, because they were older than `KEYLEDGER_READS_RETENTION`.');

const times = z.int().positive().meta({ form: 'a count' });

const day = z.iso.date().describe('The day of the counts, in UTC.');
const ofDay = z
  .int()
  .min(0)
  .max(DAY - 1)
  .meta({ form: 'milliseconds' });
const counted = (name: z.ZodString) => z.array(z.tuple([name, times, ofDay, ofDay]));
const quarters = z.array(
  z.tuple([
    z
      .int()
      .min(0)
      .max(DAY / QUARTER - 1)
      .meta({ form: 'a quarter from 0 to 95' }),
    times,
  ]),
);
const uses = counted(keyId).describe(
  'For each key: its id, how often it authenticated, and when first and last, in milliseconds since the start of the day.',
);
const refusals = counted(z.string().regex(IDENTIFIER).meta({ form: 'an account id' })).describe(
  'For each account: its id, how often the limit refused it a key, and when first and last, in milliseconds since the start of the day.',
);
const ofQuarters = quarters.describe(
  'For each quarter of an hour of the day, counted from 0: how often, for all keys or accounts together.',
);

/** The events of a stream of usage. */
export const usageEvent = z.discriminatedUnion('type', [
  z
    .object({ type: z.literal('KeysUsed'), metadata, data: z.strictObject({ day, uses, quarters: ofQuarters }) })
    .describe('Keys authenticated their holders. In each stream, the latest count of a key or a quarter is the valid one.'),
  z
    .object({ type: z.literal('CreatesRefused'), metadata, data: z.strictObject({ day, refusals, quarters: ofQuarters }) })
    .describe('The limit refused keys. In each stream, the latest count of an account or a quarter is the valid one.'),
  z
    .object({ type: z.literal('UsageClosed'), metadata, data: z.strictObject({ day }) })
    .describe('The stream of a writer gets no more counts of that day.'),
  z
    .object({
      type: z.literal('UsageTotalled'),
      metadata,
      data: z.strictObject({
        day,
        writers: z.array(z.string()).describe('The writers whose counts of that day are in this total.'),
        uses,
        refusals,
        verifications: quarters.describe(
          'For each quarter of an hour of the day, counted from 0: how often keys authenticated.',
        ),
        createsRefused: quarters.describe(
          'For each quarter of an hour of the day, counted from 0: how often the limit refused a key.',
        ),
      }),
    })
    .describe('The total of a day that is over, for all its writers. It replaces their streams.'),
]);

/** The events of the stream of origins. */
export const originOpened = z
  .object({
    type: z.literal('OriginOpened'),
    metadata,
    data: z.strictObject({
      previous: z
        .strictObject({ origin: z.string(), size: z.int().nonnegative(), root: z.base64() })
        .optional()
        .describe(
          'The last checkpoint under the previous origin that the data directory has: its origin, how many events it was signed for, and their Merkle root in base64.',
        ),
    }),
  })
  .describe(
    'A loss of events was accepted. Later checkpoints are signed under the origin `keyledger/<id of the first event>/<id of this event>`.',
  );

/** The events of each category of streams. */
export const EVENT_SCHEMAS = {
  apiKeys: keyEvent.options,
  apiKeyUsage: usageEvent.options,
  apiKeyReads: [historyRead, readsRemoved],
  apiKeyLog: [originOpened],
} as const satisfies Record<Category, readonly z.ZodObject[]>;
