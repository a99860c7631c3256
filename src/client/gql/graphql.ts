/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** Whether an operator has frozen an account. */
export type AccountStatus =
  /** No key of it is created, rotated or enabled until an operator thaws it. */
  | 'FROZEN'
  /** Its owner can create, rotate and enable keys. */
  | 'OPEN';

/** What is counted over time: how often something happened in an interval, or how many there were at its end. */
export type AnalyticsMetric =
  /** How many accounts held as many keys as they may at the end of the interval. Disabled keys count, and expired keys do not. */
  | 'ACCOUNTS_AT_LIMIT'
  /** How many keys authenticated at the end of the interval. A key stops counting when it expires; there is no event for that. A disabled key does not count. */
  | 'ACTIVE_KEYS'
  /** How often the limit refused a key. A refusal counts about a quarter of an hour later. */
  | 'CREATES_REFUSED'
  /** How many keys were created, those of rotations included. */
  | 'KEYS_CREATED'
  /** How many keys were deleted, for any reason. */
  | 'KEYS_DELETED'
  /** How many keys were deleted because they had expired and their slot was needed. */
  | 'KEYS_DELETED_EXPIRED'
  /** How many keys were deleted because their secret was reported as leaked. */
  | 'KEYS_DELETED_LEAKED'
  /** How many keys were deleted because their owner asked for it. */
  | 'KEYS_DELETED_REQUESTED'
  /** How many keys were deleted by an operator. */
  | 'KEYS_DELETED_REVOKED'
  /** How many keys were deleted because a rotation without an overlap replaced them. */
  | 'KEYS_DELETED_ROTATED'
  /** How often a key was disabled. */
  | 'KEYS_DISABLED'
  /** How often a disabled key was enabled. */
  | 'KEYS_ENABLED'
  /** How many keys were rotated, with and without an overlap. */
  | 'KEYS_ROTATED'
  /** How often keys authenticated their holders. A use counts about ten seconds later. */
  | 'VERIFICATIONS';

/** The properties of the new key: a name and, optionally, scopes and an expiry. */
export type CreateKeyInput = {
  /** From when on the key does not authenticate. It must be in the future. Without it, the key never expires. */
  expiresAt?: string | null | undefined;
  /** Your own name for this request: 1 to 100 characters, such as a UUID. If you do not know whether a request succeeded, send it again with the same name, at any time later. It never creates a second key: the answer is then `KeyAlreadyCreated`. */
  idempotencyKey?: string | null | undefined;
  /** What to call the key: 1 to 100 characters, without invisible ones. It is kept forever: do not put personal data or a secret in it. Example: `CI of the web shop`. */
  name: string;
  /** What the key may be used for, in words of your services: at most 32 scopes. A scope has 1 to 100 characters of printable ASCII without space, `"` and `\` (RFC 6749, section 3.3). Example: `["orders:read"]`. The default is none. */
  scopes?: Array<string> | null | undefined;
};

/** The key to delete, by its id. */
export type DeleteKeyInput = {
  /** The id of the key: `key_` and 22 letters and digits. */
  keyId: string;
};

/** Why a key was deleted. */
export type DeletionReason =
  /** It had expired, and another key needed its slot. */
  | 'EXPIRED'
  /** Its secret was reported as leaked (`POST /v1/leaked`). */
  | 'LEAKED'
  /** Its owner asked for it (`deleteKey`). */
  | 'REQUESTED'
  /** An operator deleted it (`revokeKey`, `revokeAccountKeys`, `keyledger revoke`). */
  | 'REVOKED'
  /** A rotation without an overlap replaced it (`rotateKey`). */
  | 'ROTATED';

/** The key to disable, by its id. */
export type DisableKeyInput = {
  /** Your own name for this request: 1 to 100 characters, such as a UUID. If you do not know whether a request succeeded, send it again with the same name, at any time later. It never changes anything a second time: the answer shows the key as it is then. */
  idempotencyKey?: string | null | undefined;
  /** The id of the key: `key_` and 22 letters and digits. */
  keyId: string;
};

/** What is distributed. Times are in whole seconds, rounded down. */
export type DistributionMetric =
  /** How many active keys each account holds. An account that has ever held a key counts, with 0 if it holds none now. */
  | 'KEYS_PER_ACCOUNT'
  /** The age of each active key, in seconds. */
  | 'KEY_AGE'
  /** How long each ended key authenticated, in seconds: from its creation to its deletion, or to its expiry if that came first. */
  | 'LIFETIME'
  /** The time from now until each active key expires, in seconds. Keys that never expire do not count. */
  | 'TIME_TO_EXPIRY'
  /** The time from the creation of each key that was ever used to its first use, in seconds. */
  | 'TIME_TO_FIRST_USE'
  /** How long each active key has not been used, in seconds: since its last use, or since its creation if it was never used. */
  | 'TIME_UNUSED';

/** The key to enable, by its id. */
export type EnableKeyInput = {
  /** Your own name for this request: 1 to 100 characters, such as a UUID. If you do not know whether a request succeeded, send it again with the same name, at any time later. It never changes anything a second time: the answer shows the key as it is then. */
  idempotencyKey?: string | null | undefined;
  /** The id of the key: `key_` and 22 letters and digits. */
  keyId: string;
};

/** Which events to give. An event must match everything that you give. */
export type EventFilter = {
  /** The id of the account. Owners see their own account; for another one the error is `FORBIDDEN`. */
  account?: string | null | undefined;
  /** Who caused the event, exactly as in `actor`. */
  actor?: string | null | undefined;
  /** The earliest `at` of an event, included. */
  from?: string | null | undefined;
  /** The id of the key that the event is about. */
  keyId?: string | null | undefined;
  /** The latest `at` of an event, excluded. It must be after `from`. */
  to?: string | null | undefined;
  /** The type of the event. */
  type?: EventType | null | undefined;
};

/** The type of an event: what happened. */
export type EventType =
  /** An operator froze the account (`AccountFrozen`). */
  | 'ACCOUNT_FROZEN'
  /** An operator ended the freeze (`AccountThawed`). */
  | 'ACCOUNT_THAWED'
  /** A key was created (`KeyCreated`). */
  | 'KEY_CREATED'
  /** A key was deleted, for good (`KeyDeleted`). */
  | 'KEY_DELETED'
  /** A key was disabled (`KeyDisabled`). */
  | 'KEY_DISABLED'
  /** A disabled key was enabled (`KeyEnabled`). */
  | 'KEY_ENABLED'
  /** A rotation with an overlap gave the old key an end (`KeyExpirySet`). */
  | 'KEY_EXPIRY_SET'
  /** A key was given another name (`KeyRenamed`). */
  | 'KEY_RENAMED';

/** The length of an interval, by the clocks and the calendar of the time zone. */
export type Interval =
  /** A day, from midnight to midnight. It has 23 or 25 hours if clocks change. */
  | 'DAY'
  /** An hour. If clocks are set back and show an hour twice, these are two intervals. */
  | 'HOUR'
  /** A month of the calendar. */
  | 'MONTH'
  /** A week, which begins on Monday (ISO 8601). */
  | 'WEEK';

/** Whether a key authenticates now. */
export type KeyStatus =
  /** The key authenticates, and counts towards the limit. */
  | 'ACTIVE'
  /** The key is disabled (`disableKey`). It does not authenticate, and counts towards the limit. */
  | 'DISABLED'
  /** The key has expired. It does not authenticate, and does not count towards the limit. It can still be deleted. */
  | 'EXPIRED';

/** The account, and why. */
export type OperateAccountInput = {
  /** The id of the account. */
  accountId: string;
  /** Why: at most 200 characters, by the rules of a key's name, without an e-mail address. The owner and auditors can read it. It is kept forever. */
  note?: string | null | undefined;
};

/** Which reads to give. A read must match everything that you give. */
export type ReadFilter = {
  /** Who read, exactly as in `actor`. */
  actor?: string | null | undefined;
  /** The earliest `at` of a read, included. */
  from?: string | null | undefined;
  /** The latest `at` of a read, excluded. It must be after `from`. */
  to?: string | null | undefined;
};

/** The key to rename, and its new name. */
export type RenameKeyInput = {
  /** Your own name for this request: 1 to 100 characters, such as a UUID. If you do not know whether a request succeeded, send it again with the same name, at any time later. It never changes anything a second time: the answer shows the key as it is then. */
  idempotencyKey?: string | null | undefined;
  /** The id of the key: `key_` and 22 letters and digits. */
  keyId: string;
  /** What to call the key from now on, by the rules of `CreateKeyInput`. Every name is kept forever: do not put personal data or a secret in it. */
  name: string;
};

/** The key to delete, and why. */
export type RevokeKeyInput = {
  /** The id of the key: `key_` and 22 letters and digits. */
  keyId: string;
  /** Why: at most 200 characters, by the rules of a key's name, without an e-mail address. The owner and auditors can read it. It is kept forever. */
  note?: string | null | undefined;
};

/** What a token allows its holder to do. */
export type Role =
  /** Analysts see analytics under pseudonyms, and nothing else. */
  | 'ANALYST'
  /** Auditors see the keys and the history of every account, and who read it. They change nothing. */
  | 'AUDITOR'
  /** Operators see the keys of every account, and can end them. They see no history and no analytics. */
  | 'OPERATOR'
  /** Owners see and change the keys of their own account, and see its history. */
  | 'OWNER';

/** The key to replace, and how. */
export type RotateKeyInput = {
  /** Your own name for this request: 1 to 100 characters, such as a UUID. If you do not know whether a request succeeded, send it again with the same name, at any time later. It never creates a second key: the answer is then `KeyAlreadyCreated`. */
  idempotencyKey?: string | null | undefined;
  /** The id of the key to replace. */
  keyId: string;
  /** How long the old key still works, in seconds: 0 to 2592000 (30 days). With 0 the old key is deleted at once, and the account may be at the limit. With more the new key needs a free slot. */
  overlapSeconds?: number | null | undefined;
};

export type TotalsQueryVariables = Exact<{ [key: string]: never; }>;


export type TotalsQuery = { analytics: { totals: { at: string, position: string, usagePosition: string, accounts: number, accountsAtLimit: number, activeKeys: number, keysCreated: number, keysDeleted: number, keysDeletedRequested: number, keysDeletedRotated: number, keysDeletedExpired: number, keysDeletedLeaked: number, keysDeletedRevoked: number, keysDisabled: number, keysEnabled: number, keysRotated: number, keysUsed: number, createsRefused: number, verifications: number } | null } | null };

export type TimeSeriesQueryVariables = Exact<{
  metric: AnalyticsMetric;
  from: string;
  to: string;
  interval: Interval;
  timeZone: string;
}>;


export type TimeSeriesQuery = { analytics: { timeSeries: { at: string, position: string, usagePosition: string, timeZone: string, points: Array<{ start: string, local: string, end: string, value: number }> } | null } | null };

export type DistributionQueryVariables = Exact<{
  metric: DistributionMetric;
  buckets?: number | null | undefined;
  quantiles?: Array<number> | number | null | undefined;
}>;


export type DistributionQuery = { analytics: { distribution: { at: string, position: string, usagePosition: string, count: number, min: number | null, max: number | null, mean: number | null, buckets: Array<{ from: number, to: number, count: number }>, quantiles: Array<{ part: number, value: number }> } | null } | null };

export type RotationFunnelQueryVariables = Exact<{ [key: string]: never; }>;


export type RotationFunnelQuery = { analytics: { rotationFunnel: { at: string, position: string, usagePosition: string, created: number, rotated: number, withOverlap: number, completed: number, successorUsed: number } | null } | null };

export type AccountsAtLimitQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}>;


export type AccountsAtLimitQuery = { analytics: { accountsAtLimit: { at: string, position: string, usagePosition: string, totalCount: number, edges: Array<{ cursor: string, node: { account: string, since: string, until: string | null } }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } | null } | null };

export type LatestEventQueryVariables = Exact<{
  filter?: EventFilter | null | undefined;
}>;


export type LatestEventQuery = { events: { edges: Array<{ node:
        | { version: number }
        | { version: number }
        | { version: number }
        | { version: number }
        | { version: number }
        | { version: number }
        | { version: number }
        | { version: number }
        | { version: number }
       }>, pageInfo: { endCursor: string | null } } | null };

export type NewEventsSubscriptionVariables = Exact<{
  filter?: EventFilter | null | undefined;
  after?: string | null | undefined;
}>;


export type NewEventsSubscription = { events: { cursor: string, node:
      | { version: number }
      | { version: number }
      | { version: number }
      | { version: number }
      | { version: number }
      | { version: number }
      | { version: number }
      | { version: number }
      | { version: number }
     } | null };

type EventFields_AccountFrozen_Fragment = { __typename: 'AccountFrozen', note: string | null, id: string, eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, correlationId: string, canonical: string | null, unreadable: string | null };

type EventFields_AccountThawed_Fragment = { __typename: 'AccountThawed', note: string | null, id: string, eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, correlationId: string, canonical: string | null, unreadable: string | null };

type EventFields_KeyCreated_Fragment = { __typename: 'KeyCreated', keyId: string, name: string, hint: string, scopes: Array<string>, lifetimeSeconds: number | null, expiresAt: string | null, replaces: string | null, idempotencyKey: string | null, id: string, eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, correlationId: string, canonical: string | null, unreadable: string | null };

type EventFields_KeyDeleted_Fragment = { __typename: 'KeyDeleted', keyId: string, reason: DeletionReason, replacedBy: string | null, note: string | null, id: string, eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, correlationId: string, canonical: string | null, unreadable: string | null };

type EventFields_KeyDisabled_Fragment = { __typename: 'KeyDisabled', keyId: string, idempotencyKey: string | null, id: string, eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, correlationId: string, canonical: string | null, unreadable: string | null };

type EventFields_KeyEnabled_Fragment = { __typename: 'KeyEnabled', keyId: string, idempotencyKey: string | null, id: string, eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, correlationId: string, canonical: string | null, unreadable: string | null };

type EventFields_KeyExpirySet_Fragment = { __typename: 'KeyExpirySet', keyId: string, id: string, eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, correlationId: string, canonical: string | null, unreadable: string | null, newExpiresAt: string | null };

type EventFields_KeyRenamed_Fragment = { __typename: 'KeyRenamed', keyId: string, name: string, idempotencyKey: string | null, id: string, eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, correlationId: string, canonical: string | null, unreadable: string | null };

type EventFields_UnknownKeyEvent_Fragment = { __typename: 'UnknownKeyEvent', type: string, data: unknown, id: string, eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, correlationId: string, canonical: string | null, unreadable: string | null };

export type EventFieldsFragment =
  | EventFields_AccountFrozen_Fragment
  | EventFields_AccountThawed_Fragment
  | EventFields_KeyCreated_Fragment
  | EventFields_KeyDeleted_Fragment
  | EventFields_KeyDisabled_Fragment
  | EventFields_KeyEnabled_Fragment
  | EventFields_KeyExpirySet_Fragment
  | EventFields_KeyRenamed_Fragment
  | EventFields_UnknownKeyEvent_Fragment
;

export type EventsFieldsFragment = { edges: Array<{ cursor: string, node:
      | { __typename: 'AccountFrozen', note: string | null, id: string, eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, correlationId: string, canonical: string | null, unreadable: string | null }
      | { __typename: 'AccountThawed', note: string | null, id: string, eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, correlationId: string, canonical: string | null, unreadable: string | null }
      | { __typename: 'KeyCreated', keyId: string, name: string, hint: string, scopes: Array<string>, lifetimeSeconds: number | null, expiresAt: string | null, replaces: string | null, idempotencyKey: string | null, id: string, eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, correlationId: string, canonical: string | null, unreadable: string | null }
      | { __typename: 'KeyDeleted', keyId: string, reason: DeletionReason, replacedBy: string | null, note: string | null, id: string, eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, correlationId: string, canonical: string | null, unreadable: string | null }
      | { __typename: 'KeyDisabled', keyId: string, idempotencyKey: string | null, id: string, eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, correlationId: string, canonical: string | null, unreadable: string | null }
      | { __typename: 'KeyEnabled', keyId: string, idempotencyKey: string | null, id: string, eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, correlationId: string, canonical: string | null, unreadable: string | null }
      | { __typename: 'KeyExpirySet', keyId: string, id: string, eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, correlationId: string, canonical: string | null, unreadable: string | null, newExpiresAt: string | null }
      | { __typename: 'KeyRenamed', keyId: string, name: string, idempotencyKey: string | null, id: string, eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, correlationId: string, canonical: string | null, unreadable: string | null }
      | { __typename: 'UnknownKeyEvent', type: string, data: unknown, id: string, eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, correlationId: string, canonical: string | null, unreadable: string | null }
     }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } };

export type EventsQueryVariables = Exact<{
  filter?: EventFilter | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}>;


export type EventsQuery = { events: { edges: Array<{ cursor: string, node:
        | { __typename: 'AccountFrozen', note: string | null, id: string, eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, correlationId: string, canonical: string | null, unreadable: string | null }
        | { __typename: 'AccountThawed', note: string | null, id: string, eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, correlationId: string, canonical: string | null, unreadable: string | null }
        | { __typename: 'KeyCreated', keyId: string, name: string, hint: string, scopes: Array<string>, lifetimeSeconds: number | null, expiresAt: string | null, replaces: string | null, idempotencyKey: string | null, id: string, eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, correlationId: string, canonical: string | null, unreadable: string | null }
        | { __typename: 'KeyDeleted', keyId: string, reason: DeletionReason, replacedBy: string | null, note: string | null, id: string, eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, correlationId: string, canonical: string | null, unreadable: string | null }
        | { __typename: 'KeyDisabled', keyId: string, idempotencyKey: string | null, id: string, eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, correlationId: string, canonical: string | null, unreadable: string | null }
        | { __typename: 'KeyEnabled', keyId: string, idempotencyKey: string | null, id: string, eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, correlationId: string, canonical: string | null, unreadable: string | null }
        | { __typename: 'KeyExpirySet', keyId: string, id: string, eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, correlationId: string, canonical: string | null, unreadable: string | null, newExpiresAt: string | null }
        | { __typename: 'KeyRenamed', keyId: string, name: string, idempotencyKey: string | null, id: string, eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, correlationId: string, canonical: string | null, unreadable: string | null }
        | { __typename: 'UnknownKeyEvent', type: string, data: unknown, id: string, eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, correlationId: string, canonical: string | null, unreadable: string | null }
       }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } | null };

export type AccountEventsQueryVariables = Exact<{
  accountId?: string | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}>;


export type AccountEventsQuery = { account: { history: { edges: Array<{ cursor: string, node:
          | { __typename: 'AccountFrozen', note: string | null, id: string, eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, correlationId: string, canonical: string | null, unreadable: string | null }
          | { __typename: 'AccountThawed', note: string | null, id: string, eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, correlationId: string, canonical: string | null, unreadable: string | null }
          | { __typename: 'KeyCreated', keyId: string, name: string, hint: string, scopes: Array<string>, lifetimeSeconds: number | null, expiresAt: string | null, replaces: string | null, idempotencyKey: string | null, id: string, eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, correlationId: string, canonical: string | null, unreadable: string | null }
          | { __typename: 'KeyDeleted', keyId: string, reason: DeletionReason, replacedBy: string | null, note: string | null, id: string, eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, correlationId: string, canonical: string | null, unreadable: string | null }
          | { __typename: 'KeyDisabled', keyId: string, idempotencyKey: string | null, id: string, eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, correlationId: string, canonical: string | null, unreadable: string | null }
          | { __typename: 'KeyEnabled', keyId: string, idempotencyKey: string | null, id: string, eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, correlationId: string, canonical: string | null, unreadable: string | null }
          | { __typename: 'KeyExpirySet', keyId: string, id: string, eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, correlationId: string, canonical: string | null, unreadable: string | null, newExpiresAt: string | null }
          | { __typename: 'KeyRenamed', keyId: string, name: string, idempotencyKey: string | null, id: string, eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, correlationId: string, canonical: string | null, unreadable: string | null }
          | { __typename: 'UnknownKeyEvent', type: string, data: unknown, id: string, eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, correlationId: string, canonical: string | null, unreadable: string | null }
         }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } | null } | null };

export type KeyEventsQueryVariables = Exact<{
  id: string | number;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}>;


export type KeyEventsQuery = { node:
    | { __typename: 'Account' }
    | { __typename: 'AccountFrozen' }
    | { __typename: 'AccountThawed' }
    | { __typename: 'ApiKey', history: { edges: Array<{ cursor: string, node:
            | { __typename: 'AccountFrozen', note: string | null, id: string, eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, correlationId: string, canonical: string | null, unreadable: string | null }
            | { __typename: 'AccountThawed', note: string | null, id: string, eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, correlationId: string, canonical: string | null, unreadable: string | null }
            | { __typename: 'KeyCreated', keyId: string, name: string, hint: string, scopes: Array<string>, lifetimeSeconds: number | null, expiresAt: string | null, replaces: string | null, idempotencyKey: string | null, id: string, eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, correlationId: string, canonical: string | null, unreadable: string | null }
            | { __typename: 'KeyDeleted', keyId: string, reason: DeletionReason, replacedBy: string | null, note: string | null, id: string, eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, correlationId: string, canonical: string | null, unreadable: string | null }
            | { __typename: 'KeyDisabled', keyId: string, idempotencyKey: string | null, id: string, eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, correlationId: string, canonical: string | null, unreadable: string | null }
            | { __typename: 'KeyEnabled', keyId: string, idempotencyKey: string | null, id: string, eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, correlationId: string, canonical: string | null, unreadable: string | null }
            | { __typename: 'KeyExpirySet', keyId: string, id: string, eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, correlationId: string, canonical: string | null, unreadable: string | null, newExpiresAt: string | null }
            | { __typename: 'KeyRenamed', keyId: string, name: string, idempotencyKey: string | null, id: string, eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, correlationId: string, canonical: string | null, unreadable: string | null }
            | { __typename: 'UnknownKeyEvent', type: string, data: unknown, id: string, eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, correlationId: string, canonical: string | null, unreadable: string | null }
           }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } | null }
    | { __typename: 'DeletedKey', history: { edges: Array<{ cursor: string, node:
            | { __typename: 'AccountFrozen', note: string | null, id: string, eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, correlationId: string, canonical: string | null, unreadable: string | null }
            | { __typename: 'AccountThawed', note: string | null, id: string, eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, correlationId: string, canonical: string | null, unreadable: string | null }
            | { __typename: 'KeyCreated', keyId: string, name: string, hint: string, scopes: Array<string>, lifetimeSeconds: number | null, expiresAt: string | null, replaces: string | null, idempotencyKey: string | null, id: string, eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, correlationId: string, canonical: string | null, unreadable: string | null }
            | { __typename: 'KeyDeleted', keyId: string, reason: DeletionReason, replacedBy: string | null, note: string | null, id: string, eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, correlationId: string, canonical: string | null, unreadable: string | null }
            | { __typename: 'KeyDisabled', keyId: string, idempotencyKey: string | null, id: string, eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, correlationId: string, canonical: string | null, unreadable: string | null }
            | { __typename: 'KeyEnabled', keyId: string, idempotencyKey: string | null, id: string, eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, correlationId: string, canonical: string | null, unreadable: string | null }
            | { __typename: 'KeyExpirySet', keyId: string, id: string, eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, correlationId: string, canonical: string | null, unreadable: string | null, newExpiresAt: string | null }
            | { __typename: 'KeyRenamed', keyId: string, name: string, idempotencyKey: string | null, id: string, eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, correlationId: string, canonical: string | null, unreadable: string | null }
            | { __typename: 'UnknownKeyEvent', type: string, data: unknown, id: string, eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, correlationId: string, canonical: string | null, unreadable: string | null }
           }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } | null }
    | { __typename: 'KeyCreated' }
    | { __typename: 'KeyDeleted' }
    | { __typename: 'KeyDisabled' }
    | { __typename: 'KeyEnabled' }
    | { __typename: 'KeyExpirySet' }
    | { __typename: 'KeyRenamed' }
    | { __typename: 'UnknownKeyEvent' }
   | null };

export type EventFeedSubscriptionVariables = Exact<{
  filter?: EventFilter | null | undefined;
  after?: string | null | undefined;
}>;


export type EventFeedSubscription = { events: { cursor: string, node:
      | { __typename: 'AccountFrozen', note: string | null, id: string, eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, correlationId: string, canonical: string | null, unreadable: string | null }
      | { __typename: 'AccountThawed', note: string | null, id: string, eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, correlationId: string, canonical: string | null, unreadable: string | null }
      | { __typename: 'KeyCreated', keyId: string, name: string, hint: string, scopes: Array<string>, lifetimeSeconds: number | null, expiresAt: string | null, replaces: string | null, idempotencyKey: string | null, id: string, eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, correlationId: string, canonical: string | null, unreadable: string | null }
      | { __typename: 'KeyDeleted', keyId: string, reason: DeletionReason, replacedBy: string | null, note: string | null, id: string, eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, correlationId: string, canonical: string | null, unreadable: string | null }
      | { __typename: 'KeyDisabled', keyId: string, idempotencyKey: string | null, id: string, eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, correlationId: string, canonical: string | null, unreadable: string | null }
      | { __typename: 'KeyEnabled', keyId: string, idempotencyKey: string | null, id: string, eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, correlationId: string, canonical: string | null, unreadable: string | null }
      | { __typename: 'KeyExpirySet', keyId: string, id: string, eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, correlationId: string, canonical: string | null, unreadable: string | null, newExpiresAt: string | null }
      | { __typename: 'KeyRenamed', keyId: string, name: string, idempotencyKey: string | null, id: string, eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, correlationId: string, canonical: string | null, unreadable: string | null }
      | { __typename: 'UnknownKeyEvent', type: string, data: unknown, id: string, eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, correlationId: string, canonical: string | null, unreadable: string | null }
     } | null };

export type ReadsQueryVariables = Exact<{
  filter?: ReadFilter | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}>;


export type ReadsQuery = { reads: { removedBefore: string | null, removedRecords: number | null, edges: Array<{ cursor: string, node: { at: string, actor: string, what: string, filter: unknown, times: number } }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } | null };

export type CheckpointQueryVariables = Exact<{ [key: string]: never; }>;


export type CheckpointQuery = { checkpoint: { note: string, origin: string, treeSize: number, root: string, publicKey: string } | null };

export type ConsistencyProofQueryVariables = Exact<{
  fromSize: number;
  toSize: number;
}>;


export type ConsistencyProofQuery = { consistencyProof: { fromSize: number, toSize: number, path: Array<string> } | null };

export type InclusionProofQueryVariables = Exact<{
  eventId: string;
  treeSize: number;
}>;


export type InclusionProofQuery = { inclusionProof: { treeSize: number, leafIndex: number, leafHash: string, path: Array<string> } | null };

export type HistoryPageQueryVariables = Exact<{
  filter?: EventFilter | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
  prove: boolean;
  treeSize: number;
}>;


export type HistoryPageQuery = { events: { edges: Array<{ cursor: string, node:
        | { __typename: 'AccountFrozen', eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, canonical: string | null, inclusionProof?: { leafIndex: number, leafHash: string, path: Array<string> } | null }
        | { __typename: 'AccountThawed', eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, canonical: string | null, inclusionProof?: { leafIndex: number, leafHash: string, path: Array<string> } | null }
        | { __typename: 'KeyCreated', eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, canonical: string | null, inclusionProof?: { leafIndex: number, leafHash: string, path: Array<string> } | null }
        | { __typename: 'KeyDeleted', eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, canonical: string | null, inclusionProof?: { leafIndex: number, leafHash: string, path: Array<string> } | null }
        | { __typename: 'KeyDisabled', eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, canonical: string | null, inclusionProof?: { leafIndex: number, leafHash: string, path: Array<string> } | null }
        | { __typename: 'KeyEnabled', eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, canonical: string | null, inclusionProof?: { leafIndex: number, leafHash: string, path: Array<string> } | null }
        | { __typename: 'KeyExpirySet', eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, canonical: string | null, inclusionProof?: { leafIndex: number, leafHash: string, path: Array<string> } | null }
        | { __typename: 'KeyRenamed', eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, canonical: string | null, inclusionProof?: { leafIndex: number, leafHash: string, path: Array<string> } | null }
        | { __typename: 'UnknownKeyEvent', type: string, eventId: string, account: string, version: number, schemaVersion: number, position: string, at: string, actor: string, canonical: string | null, inclusionProof?: { leafIndex: number, leafHash: string, path: Array<string> } | null }
       }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } | null };

export type FirstEventQueryVariables = Exact<{
  filter?: EventFilter | null | undefined;
}>;


export type FirstEventQuery = { events: { edges: Array<{ node:
        | { at: string }
        | { at: string }
        | { at: string }
        | { at: string }
        | { at: string }
        | { at: string }
        | { at: string }
        | { at: string }
        | { at: string }
       }> } | null };

export type KeysAsOfQueryVariables = Exact<{
  accountId?: string | null | undefined;
  at: string;
}>;


export type KeysAsOfQuery = { account: { asOf: { accountId: string, at: string, frozenAt: string | null, activeKeyCount: number, keys: Array<{ keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, disabledAt: string | null, replaces: string | null, couldAuthenticate: boolean }> } | null } | null };

export type KeyFieldsFragment = { id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus };

export type AccountFieldsFragment = { id: string, accountId: string, version: number, keyLimit: number, activeKeyCount: number, canCreateKey: boolean, frozenAt: string | null, keys: Array<{ id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus }> };

export type KeysPageQueryVariables = Exact<{
  minVersion?: number | null | undefined;
}>;


export type KeysPageQuery = { account: { id: string, accountId: string, version: number, keyLimit: number, activeKeyCount: number, canCreateKey: boolean, frozenAt: string | null, keys: Array<{ keyId: string, lastUsedAt: string | null, id: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus }> } | null };

export type AccountQueryVariables = Exact<{
  accountId?: string | null | undefined;
  minVersion?: number | null | undefined;
}>;


export type AccountQuery = { account: { id: string, accountId: string, version: number, keyLimit: number, activeKeyCount: number, canCreateKey: boolean, frozenAt: string | null, keys: Array<{ id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus }> } | null };

export type CreatedKeyFieldsFragment = { secret: string, version: number, key: { id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus }, account: { id: string, accountId: string, version: number, keyLimit: number, activeKeyCount: number, canCreateKey: boolean, frozenAt: string | null, keys: Array<{ id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus }> } };

export type AlreadyCreatedFieldsFragment = { keyId: string, sameInput: boolean, version: number, existingKey: { id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus } | null };

export type CreateKeyMutationVariables = Exact<{
  input: CreateKeyInput;
}>;


export type CreateKeyMutation = { createKey:
    | { __typename: 'AccountIsFrozen', message: string, code: string }
    | { __typename: 'CreateKeyPayload', secret: string, version: number, key: { id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus }, account: { id: string, accountId: string, version: number, keyLimit: number, activeKeyCount: number, canCreateKey: boolean, frozenAt: string | null, keys: Array<{ id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus }> } }
    | { __typename: 'KeyAlreadyCreated', message: string, code: string, keyId: string, sameInput: boolean, version: number, existingKey: { id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus } | null }
    | { __typename: 'KeyLimitReached', message: string, code: string, keyLimit: number }
   | null };

export type RotateKeyMutationVariables = Exact<{
  input: RotateKeyInput;
}>;


export type RotateKeyMutation = { rotateKey:
    | { __typename: 'AccountIsFrozen', message: string, code: string }
    | { __typename: 'CreateKeyPayload', secret: string, version: number, key: { id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus }, account: { id: string, accountId: string, version: number, keyLimit: number, activeKeyCount: number, canCreateKey: boolean, frozenAt: string | null, keys: Array<{ id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus }> } }
    | { __typename: 'KeyAlreadyCreated', message: string, code: string, keyId: string, sameInput: boolean, version: number, existingKey: { id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus } | null }
    | { __typename: 'KeyIsDisabled', message: string, code: string }
    | { __typename: 'KeyLimitReached', message: string, code: string }
    | { __typename: 'KeyNotFound', message: string, code: string }
   | null };

export type DeleteKeyMutationVariables = Exact<{
  input: DeleteKeyInput;
}>;


export type DeleteKeyMutation = { deleteKey:
    | { __typename: 'DeleteKeyPayload', keyId: string, deletedAt: string, version: number, account: { id: string, accountId: string, version: number, keyLimit: number, activeKeyCount: number, canCreateKey: boolean, frozenAt: string | null, keys: Array<{ id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus }> } }
    | { __typename: 'KeyNotFound', message: string, code: string }
   | null };

export type ChangedKeyFieldsFragment = { version: number, key: { id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus }, account: { id: string, accountId: string, version: number, keyLimit: number, activeKeyCount: number, canCreateKey: boolean, frozenAt: string | null, keys: Array<{ id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus }> } };

export type RenameKeyMutationVariables = Exact<{
  input: RenameKeyInput;
}>;


export type RenameKeyMutation = { renameKey:
    | { __typename: 'ChangeKeyPayload', version: number, key: { id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus }, account: { id: string, accountId: string, version: number, keyLimit: number, activeKeyCount: number, canCreateKey: boolean, frozenAt: string | null, keys: Array<{ id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus }> } }
    | { __typename: 'IdempotencyKeyUsed', message: string, code: string }
    | { __typename: 'KeyNotFound', message: string, code: string }
   | null };

export type DisableKeyMutationVariables = Exact<{
  input: DisableKeyInput;
}>;


export type DisableKeyMutation = { disableKey:
    | { __typename: 'ChangeKeyPayload', version: number, key: { id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus }, account: { id: string, accountId: string, version: number, keyLimit: number, activeKeyCount: number, canCreateKey: boolean, frozenAt: string | null, keys: Array<{ id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus }> } }
    | { __typename: 'IdempotencyKeyUsed', message: string, code: string }
    | { __typename: 'KeyNotFound', message: string, code: string }
   | null };

export type EnableKeyMutationVariables = Exact<{
  input: EnableKeyInput;
}>;


export type EnableKeyMutation = { enableKey:
    | { __typename: 'AccountIsFrozen', message: string, code: string }
    | { __typename: 'ChangeKeyPayload', version: number, key: { id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus }, account: { id: string, accountId: string, version: number, keyLimit: number, activeKeyCount: number, canCreateKey: boolean, frozenAt: string | null, keys: Array<{ id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus }> } }
    | { __typename: 'IdempotencyKeyUsed', message: string, code: string }
    | { __typename: 'KeyNotFound', message: string, code: string }
   | null };

export type KeyUsesQueryVariables = Exact<{
  accountId?: string | null | undefined;
  days?: number | null | undefined;
}>;


export type KeyUsesQuery = { account: { keys: Array<{ replaces: string | null, disabledAt: string | null, lastUsedAt: string | null, id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus, usage: Array<{ day: string, count: number }> | null }> } | null };

export type ExpiringKeysQueryVariables = Exact<{
  accountId?: string | null | undefined;
  withinSeconds?: number | null | undefined;
}>;


export type ExpiringKeysQuery = { account: { expiringKeys: Array<{ id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus }> | null } | null };

export type DeletedKeysQueryVariables = Exact<{
  accountId?: string | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}>;


export type DeletedKeysQuery = { account: { deletedKeys: { edges: Array<{ cursor: string, node: { id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, replaces: string | null, lastUsedAt: string | null, deletedAt: string, deletedBy: string, reason: DeletionReason, replacedBy: string | null, note: string | null } }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } | null } | null };

export type CouldAuthenticateQueryVariables = Exact<{
  keyId: string;
  at: string;
}>;


export type CouldAuthenticateQuery = { couldAuthenticate: boolean | null };

export type RevokedKeysFieldsFragment = { keyIds: Array<string>, deletedAt: string, version: number, account: { id: string, accountId: string, version: number, keyLimit: number, activeKeyCount: number, canCreateKey: boolean, frozenAt: string | null, keys: Array<{ id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus }> } };

export type FrozenAccountFieldsFragment = { version: number, account: { id: string, accountId: string, version: number, keyLimit: number, activeKeyCount: number, canCreateKey: boolean, frozenAt: string | null, keys: Array<{ id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus }> } };

export type AccountsQueryVariables = Exact<{
  search?: string | null | undefined;
  status?: AccountStatus | null | undefined;
  atLimit?: boolean | null | undefined;
  expiringWithinSeconds?: number | null | undefined;
  unusedForSeconds?: number | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}>;


export type AccountsQuery = { accounts: { edges: Array<{ cursor: string, node: { id: string, accountId: string, version: number, keyLimit: number, activeKeyCount: number, canCreateKey: boolean, frozenAt: string | null, keys: Array<{ id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus }> } }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } | null };

export type KeyQueryVariables = Exact<{
  keyId: string;
}>;


export type KeyQuery = { key: { lastUsedAt: string | null, id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus, account: { accountId: string } | null } | null };

export type RevokeKeyMutationVariables = Exact<{
  input: RevokeKeyInput;
}>;


export type RevokeKeyMutation = { revokeKey:
    | { __typename: 'KeyNotFound', message: string, code: string }
    | { __typename: 'RevokeKeysPayload', keyIds: Array<string>, deletedAt: string, version: number, account: { id: string, accountId: string, version: number, keyLimit: number, activeKeyCount: number, canCreateKey: boolean, frozenAt: string | null, keys: Array<{ id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus }> } }
   | null };

export type RevokeAccountKeysMutationVariables = Exact<{
  input: OperateAccountInput;
}>;


export type RevokeAccountKeysMutation = { revokeAccountKeys:
    | { __typename: 'AccountNotFound', message: string, code: string }
    | { __typename: 'RevokeKeysPayload', keyIds: Array<string>, deletedAt: string, version: number, account: { id: string, accountId: string, version: number, keyLimit: number, activeKeyCount: number, canCreateKey: boolean, frozenAt: string | null, keys: Array<{ id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus }> } }
   | null };

export type FreezeAccountMutationVariables = Exact<{
  input: OperateAccountInput;
}>;


export type FreezeAccountMutation = { freezeAccount:
    | { __typename: 'AccountNotFound', message: string, code: string }
    | { __typename: 'FreezeAccountPayload', version: number, account: { id: string, accountId: string, version: number, keyLimit: number, activeKeyCount: number, canCreateKey: boolean, frozenAt: string | null, keys: Array<{ id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus }> } }
   | null };

export type ThawAccountMutationVariables = Exact<{
  input: OperateAccountInput;
}>;


export type ThawAccountMutation = { thawAccount:
    | { __typename: 'AccountNotFound', message: string, code: string }
    | { __typename: 'FreezeAccountPayload', version: number, account: { id: string, accountId: string, version: number, keyLimit: number, activeKeyCount: number, canCreateKey: boolean, frozenAt: string | null, keys: Array<{ id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus }> } }
   | null };

export type PageFieldsFragment = { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null };

export type ViewerQueryVariables = Exact<{ [key: string]: never; }>;


export type ViewerQuery = { viewer: { subject: string, accountId: string | null, roles: Array<Role>, expiresAt: string } | null };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}
export const EventFieldsFragmentDoc = new TypedDocumentString(`
    fragment EventFields on KeyEvent {
  __typename
  id
  eventId
  account
  version
  schemaVersion
  position
  at
  actor
  correlationId
  canonical
  unreadable
  ... on KeyCreated {
    keyId
    name
    hint
    scopes
    lifetimeSeconds
    expiresAt
    replaces
    idempotencyKey
  }
  ... on KeyDeleted {
    keyId
    reason
    replacedBy
    note
  }
  ... on AccountFrozen {
    note
  }
  ... on AccountThawed {
    note
  }
  ... on KeyExpirySet {
    keyId
    newExpiresAt: expiresAt
  }
  ... on KeyRenamed {
    keyId
    name
    idempotencyKey
  }
  ... on KeyDisabled {
    keyId
    idempotencyKey
  }
  ... on KeyEnabled {
    keyId
    idempotencyKey
  }
  ... on UnknownKeyEvent {
    type
    data
  }
}
    `, {"fragmentName":"EventFields"}) as unknown as TypedDocumentString<EventFieldsFragment, unknown>;
export const PageFieldsFragmentDoc = new TypedDocumentString(`
    fragment PageFields on PageInfo {
  hasNextPage
  hasPreviousPage
  startCursor
  endCursor
}
    `, {"fragmentName":"PageFields"}) as unknown as TypedDocumentString<PageFieldsFragment, unknown>;
export const EventsFieldsFragmentDoc = new TypedDocumentString(`
    fragment EventsFields on EventConnection {
  edges {
    cursor
    node {
      ...EventFields
    }
  }
  pageInfo {
    ...PageFields
  }
}
    fragment EventFields on KeyEvent {
  __typename
  id
  eventId
  account
  version
  schemaVersion
  position
  at
  actor
  correlationId
  canonical
  unreadable
  ... on KeyCreated {
    keyId
    name
    hint
    scopes
    lifetimeSeconds
    expiresAt
    replaces
    idempotencyKey
  }
  ... on KeyDeleted {
    keyId
    reason
    replacedBy
    note
  }
  ... on AccountFrozen {
    note
  }
  ... on AccountThawed {
    note
  }
  ... on KeyExpirySet {
    keyId
    newExpiresAt: expiresAt
  }
  ... on KeyRenamed {
    keyId
    name
    idempotencyKey
  }
  ... on KeyDisabled {
    keyId
    idempotencyKey
  }
  ... on KeyEnabled {
    keyId
    idempotencyKey
  }
  ... on UnknownKeyEvent {
    type
    data
  }
}
fragment PageFields on PageInfo {
  hasNextPage
  hasPreviousPage
  startCursor
  endCursor
}`, {"fragmentName":"EventsFields"}) as unknown as TypedDocumentString<EventsFieldsFragment, unknown>;
export const KeyFieldsFragmentDoc = new TypedDocumentString(`
    fragment KeyFields on ApiKey {
  id
  keyId
  name
  hint
  scopes
  createdAt
  createdBy
  expiresAt
  status
}
    `, {"fragmentName":"KeyFields"}) as unknown as TypedDocumentString<KeyFieldsFragment, unknown>;
export const AccountFieldsFragmentDoc = new TypedDocumentString(`
    fragment AccountFields on Account {
  id
  accountId
  version
  keyLimit
  activeKeyCount
  canCreateKey
  frozenAt
  keys {
    ...KeyFields
  }
}
    fragment KeyFields on ApiKey {
  id
  keyId
  name
  hint
  scopes
  createdAt
  createdBy
  expiresAt
  status
}`, {"fragmentName":"AccountFields"}) as unknown as TypedDocumentString<AccountFieldsFragment, unknown>;
export const CreatedKeyFieldsFragmentDoc = new TypedDocumentString(`
    fragment CreatedKeyFields on CreateKeyPayload {
  key {
    ...KeyFields
  }
  secret
  version
  account {
    ...AccountFields
  }
}
    fragment KeyFields on ApiKey {
  id
  keyId
  name
  hint
  scopes
  createdAt
  createdBy
  expiresAt
  status
}
fragment AccountFields on Account {
  id
  accountId
  version
  keyLimit
  activeKeyCount
  canCreateKey
  frozenAt
  keys {
    ...KeyFields
  }
}`, {"fragmentName":"CreatedKeyFields"}) as unknown as TypedDocumentString<CreatedKeyFieldsFragment, unknown>;
export const AlreadyCreatedFieldsFragmentDoc = new TypedDocumentString(`
    fragment AlreadyCreatedFields on KeyAlreadyCreated {
  keyId
  sameInput
  version
  existingKey {
    ...KeyFields
  }
}
    fragment KeyFields on ApiKey {
  id
  keyId
  name
  hint
  scopes
  createdAt
  createdBy
  expiresAt
  status
}`, {"fragmentName":"AlreadyCreatedFields"}) as unknown as TypedDocumentString<AlreadyCreatedFieldsFragment, unknown>;
export const ChangedKeyFieldsFragmentDoc = new TypedDocumentString(`
    fragment ChangedKeyFields on ChangeKeyPayload {
  version
  key {
    ...KeyFields
  }
  account {
    ...AccountFields
  }
}
    fragment KeyFields on ApiKey {
  id
  keyId
  name
  hint
  scopes
  createdAt
  createdBy
  expiresAt
  status
}
fragment AccountFields on Account {
  id
  accountId
  version
  keyLimit
  activeKeyCount
  canCreateKey
  frozenAt
  keys {
    ...KeyFields
  }
}`, {"fragmentName":"ChangedKeyFields"}) as unknown as TypedDocumentString<ChangedKeyFieldsFragment, unknown>;
export const RevokedKeysFieldsFragmentDoc = new TypedDocumentString(`
    fragment RevokedKeysFields on RevokeKeysPayload {
  keyIds
  deletedAt
  version
  account {
    ...AccountFields
  }
}
    fragment KeyFields on ApiKey {
  id
  keyId
  name
  hint
  scopes
  createdAt
  createdBy
  expiresAt
  status
}
fragment AccountFields on Account {
  id
  accountId
  version
  keyLimit
  activeKeyCount
  canCreateKey
  frozenAt
  keys {
    ...KeyFields
  }
}`, {"fragmentName":"RevokedKeysFields"}) as unknown as TypedDocumentString<RevokedKeysFieldsFragment, unknown>;
export const FrozenAccountFieldsFragmentDoc = new TypedDocumentString(`
    fragment FrozenAccountFields on FreezeAccountPayload {
  version
  account {
    ...AccountFields
  }
}
    fragment KeyFields on ApiKey {
  id
  keyId
  name
  hint
  scopes
  createdAt
  createdBy
  expiresAt
  status
}
fragment AccountFields on Account {
  id
  accountId
  version
  keyLimit
  activeKeyCount
  canCreateKey
  frozenAt
  keys {
    ...KeyFields
  }
}`, {"fragmentName":"FrozenAccountFields"}) as unknown as TypedDocumentString<FrozenAccountFieldsFragment, unknown>;
export const TotalsDocument = new TypedDocumentString(`
    query Totals {
  analytics {
    totals {
      at
      position
      usagePosition
      accounts
      accountsAtLimit
      activeKeys
      keysCreated
      keysDeleted
      keysDeletedRequested
      keysDeletedRotated
      keysDeletedExpired
      keysDeletedLeaked
      keysDeletedRevoked
      keysDisabled
      keysEnabled
      keysRotated
      keysUsed
      createsRefused
      verifications
    }
  }
}
    `) as unknown as TypedDocumentString<TotalsQuery, TotalsQueryVariables>;
export const TimeSeriesDocument = new TypedDocumentString(`
    query TimeSeries($metric: AnalyticsMetric!, $from: DateTime!, $to: DateTime!, $interval: Interval!, $timeZone: String!) {
  analytics {
    timeSeries(
      metric: $metric
      from: $from
      to: $to
      interval: $interval
      timeZone: $timeZone
    ) {
      at
      position
      usagePosition
      timeZone
      points {
        start
        local
        end
        value
      }
    }
  }
}
    `) as unknown as TypedDocumentString<TimeSeriesQuery, TimeSeriesQueryVariables>;
export const DistributionDocument = new TypedDocumentString(`
    query Distribution($metric: DistributionMetric!, $buckets: Int, $quantiles: [Float!]) {
  analytics {
    distribution(metric: $metric, buckets: $buckets, quantiles: $quantiles) {
      at
      position
      usagePosition
      count
      min
      max
      mean
      buckets {
        from
        to
        count
      }
      quantiles {
        part
        value
      }
    }
  }
}
    `) as unknown as TypedDocumentString<DistributionQuery, DistributionQueryVariables>;
export const RotationFunnelDocument = new TypedDocumentString(`
    query RotationFunnel {
  analytics {
    rotationFunnel {
      at
      position
      usagePosition
      created
      rotated
      withOverlap
      completed
      successorUsed
    }
  }
}
    `) as unknown as TypedDocumentString<RotationFunnelQuery, RotationFunnelQueryVariables>;
export const AccountsAtLimitDocument = new TypedDocumentString(`
    query AccountsAtLimit($first: Int, $after: String, $last: Int, $before: String) {
  analytics {
    accountsAtLimit(first: $first, after: $after, last: $last, before: $before) {
      at
      position
      usagePosition
      totalCount
      edges {
        cursor
        node {
          account
          since
          until
        }
      }
      pageInfo {
        ...PageFields
      }
    }
  }
}
    fragment PageFields on PageInfo {
  hasNextPage
  hasPreviousPage
  startCursor
  endCursor
}`) as unknown as TypedDocumentString<AccountsAtLimitQuery, AccountsAtLimitQueryVariables>;
export const LatestEventDocument = new TypedDocumentString(`
    query LatestEvent($filter: EventFilter) {
  events(filter: $filter, last: 1) {
    edges {
      node {
        version
      }
    }
    pageInfo {
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<LatestEventQuery, LatestEventQueryVariables>;
export const NewEventsDocument = new TypedDocumentString(`
    subscription NewEvents($filter: EventFilter, $after: String) {
  events(filter: $filter, after: $after) {
    cursor
    node {
      version
    }
  }
}
    `) as unknown as TypedDocumentString<NewEventsSubscription, NewEventsSubscriptionVariables>;
export const EventsDocument = new TypedDocumentString(`
    query Events($filter: EventFilter, $first: Int, $after: String, $last: Int, $before: String) {
  events(
    filter: $filter
    first: $first
    after: $after
    last: $last
    before: $before
  ) {
    ...EventsFields
  }
}
    fragment EventFields on KeyEvent {
  __typename
  id
  eventId
  account
  version
  schemaVersion
  position
  at
  actor
  correlationId
  canonical
  unreadable
  ... on KeyCreated {
    keyId
    name
    hint
    scopes
    lifetimeSeconds
    expiresAt
    replaces
    idempotencyKey
  }
  ... on KeyDeleted {
    keyId
    reason
    replacedBy
    note
  }
  ... on AccountFrozen {
    note
  }
  ... on AccountThawed {
    note
  }
  ... on KeyExpirySet {
    keyId
    newExpiresAt: expiresAt
  }
  ... on KeyRenamed {
    keyId
    name
    idempotencyKey
  }
  ... on KeyDisabled {
    keyId
    idempotencyKey
  }
  ... on KeyEnabled {
    keyId
    idempotencyKey
  }
  ... on UnknownKeyEvent {
    type
    data
  }
}
fragment EventsFields on EventConnection {
  edges {
    cursor
    node {
      ...EventFields
    }
  }
  pageInfo {
    ...PageFields
  }
}
fragment PageFields on PageInfo {
  hasNextPage
  hasPreviousPage
  startCursor
  endCursor
}`) as unknown as TypedDocumentString<EventsQuery, EventsQueryVariables>;
export const AccountEventsDocument = new TypedDocumentString(`
    query AccountEvents($accountId: String, $first: Int, $after: String, $last: Int, $before: String) {
  account(accountId: $accountId) {
    history(first: $first, after: $after, last: $last, before: $before) {
      ...EventsFields
    }
  }
}
    fragment EventFields on KeyEvent {
  __typename
  id
  eventId
  account
  version
  schemaVersion
  position
  at
  actor
  correlationId
  canonical
  unreadable
  ... on KeyCreated {
    keyId
    name
    hint
    scopes
    lifetimeSeconds
    expiresAt
    replaces
    idempotencyKey
  }
  ... on KeyDeleted {
    keyId
    reason
    replacedBy
    note
  }
  ... on AccountFrozen {
    note
  }
  ... on AccountThawed {
    note
  }
  ... on KeyExpirySet {
    keyId
    newExpiresAt: expiresAt
  }
  ... on KeyRenamed {
    keyId
    name
    idempotencyKey
  }
  ... on KeyDisabled {
    keyId
    idempotencyKey
  }
  ... on KeyEnabled {
    keyId
    idempotencyKey
  }
  ... on UnknownKeyEvent {
    type
    data
  }
}
fragment EventsFields on EventConnection {
  edges {
    cursor
    node {
      ...EventFields
    }
  }
  pageInfo {
    ...PageFields
  }
}
fragment PageFields on PageInfo {
  hasNextPage
  hasPreviousPage
  startCursor
  endCursor
}`) as unknown as TypedDocumentString<AccountEventsQuery, AccountEventsQueryVariables>;
export const KeyEventsDocument = new TypedDocumentString(`
    query KeyEvents($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
  node(id: $id) {
    __typename
    ... on ApiKey {
      history(first: $first, after: $after, last: $last, before: $before) {
        ...EventsFields
      }
    }
    ... on DeletedKey {
      history(first: $first, after: $after, last: $last, before: $before) {
        ...EventsFields
      }
    }
  }
}
    fragment EventFields on KeyEvent {
  __typename
  id
  eventId
  account
  version
  schemaVersion
  position
  at
  actor
  correlationId
  canonical
  unreadable
  ... on KeyCreated {
    keyId
    name
    hint
    scopes
    lifetimeSeconds
    expiresAt
    replaces
    idempotencyKey
  }
  ... on KeyDeleted {
    keyId
    reason
    replacedBy
    note
  }
  ... on AccountFrozen {
    note
  }
  ... on AccountThawed {
    note
  }
  ... on KeyExpirySet {
    keyId
    newExpiresAt: expiresAt
  }
  ... on KeyRenamed {
    keyId
    name
    idempotencyKey
  }
  ... on KeyDisabled {
    keyId
    idempotencyKey
  }
  ... on KeyEnabled {
    keyId
    idempotencyKey
  }
  ... on UnknownKeyEvent {
    type
    data
  }
}
fragment EventsFields on EventConnection {
  edges {
    cursor
    node {
      ...EventFields
    }
  }
  pageInfo {
    ...PageFields
  }
}
fragment PageFields on PageInfo {
  hasNextPage
  hasPreviousPage
  startCursor
  endCursor
}`) as unknown as TypedDocumentString<KeyEventsQuery, KeyEventsQueryVariables>;
export const EventFeedDocument = new TypedDocumentString(`
    subscription EventFeed($filter: EventFilter, $after: String) {
  events(filter: $filter, after: $after) {
    cursor
    node {
      ...EventFields
    }
  }
}
    fragment EventFields on KeyEvent {
  __typename
  id
  eventId
  account
  version
  schemaVersion
  position
  at
  actor
  correlationId
  canonical
  unreadable
  ... on KeyCreated {
    keyId
    name
    hint
    scopes
    lifetimeSeconds
    expiresAt
    replaces
    idempotencyKey
  }
  ... on KeyDeleted {
    keyId
    reason
    replacedBy
    note
  }
  ... on AccountFrozen {
    note
  }
  ... on AccountThawed {
    note
  }
  ... on KeyExpirySet {
    keyId
    newExpiresAt: expiresAt
  }
  ... on KeyRenamed {
    keyId
    name
    idempotencyKey
  }
  ... on KeyDisabled {
    keyId
    idempotencyKey
  }
  ... on KeyEnabled {
    keyId
    idempotencyKey
  }
  ... on UnknownKeyEvent {
    type
    data
  }
}`) as unknown as TypedDocumentString<EventFeedSubscription, EventFeedSubscriptionVariables>;
export const ReadsDocument = new TypedDocumentString(`
    query Reads($filter: ReadFilter, $first: Int, $after: String, $last: Int, $before: String) {
  reads(
    filter: $filter
    first: $first
    after: $after
    last: $last
    before: $before
  ) {
    edges {
      cursor
      node {
        at
        actor
        what
        filter
        times
      }
    }
    pageInfo {
      ...PageFields
    }
    removedBefore
    removedRecords
  }
}
    fragment PageFields on PageInfo {
  hasNextPage
  hasPreviousPage
  startCursor
  endCursor
}`) as unknown as TypedDocumentString<ReadsQuery, ReadsQueryVariables>;
export const CheckpointDocument = new TypedDocumentString(`
    query Checkpoint {
  checkpoint {
    note
    origin
    treeSize
    root
    publicKey
  }
}
    `) as unknown as TypedDocumentString<CheckpointQuery, CheckpointQueryVariables>;
export const ConsistencyProofDocument = new TypedDocumentString(`
    query ConsistencyProof($fromSize: Int!, $toSize: Int!) {
  consistencyProof(fromSize: $fromSize, toSize: $toSize) {
    fromSize
    toSize
    path
  }
}
    `) as unknown as TypedDocumentString<ConsistencyProofQuery, ConsistencyProofQueryVariables>;
export const InclusionProofDocument = new TypedDocumentString(`
    query InclusionProof($eventId: String!, $treeSize: Int!) {
  inclusionProof(eventId: $eventId, treeSize: $treeSize) {
    treeSize
    leafIndex
    leafHash
    path
  }
}
    `) as unknown as TypedDocumentString<InclusionProofQuery, InclusionProofQueryVariables>;
export const HistoryPageDocument = new TypedDocumentString(`
    query HistoryPage($filter: EventFilter, $first: Int, $after: String, $last: Int, $before: String, $prove: Boolean!, $treeSize: Int!) {
  events(
    filter: $filter
    first: $first
    after: $after
    last: $last
    before: $before
  ) {
    edges {
      cursor
      node {
        __typename
        eventId
        account
        version
        schemaVersion
        position
        at
        actor
        canonical
        inclusionProof(treeSize: $treeSize) @include(if: $prove) {
          leafIndex
          leafHash
          path
        }
        ... on UnknownKeyEvent {
          type
        }
      }
    }
    pageInfo {
      ...PageFields
    }
  }
}
    fragment PageFields on PageInfo {
  hasNextPage
  hasPreviousPage
  startCursor
  endCursor
}`) as unknown as TypedDocumentString<HistoryPageQuery, HistoryPageQueryVariables>;
export const FirstEventDocument = new TypedDocumentString(`
    query FirstEvent($filter: EventFilter) {
  events(filter: $filter, first: 1) {
    edges {
      node {
        at
      }
    }
  }
}
    `) as unknown as TypedDocumentString<FirstEventQuery, FirstEventQueryVariables>;
export const KeysAsOfDocument = new TypedDocumentString(`
    query KeysAsOf($accountId: String, $at: DateTime!) {
  account(accountId: $accountId) {
    asOf(at: $at) {
      accountId
      at
      frozenAt
      activeKeyCount
      keys {
        keyId
        name
        hint
        scopes
        createdAt
        createdBy
        expiresAt
        disabledAt
        replaces
        couldAuthenticate
      }
    }
  }
}
    `) as unknown as TypedDocumentString<KeysAsOfQuery, KeysAsOfQueryVariables>;
export const KeysPageDocument = new TypedDocumentString(`
    query KeysPage($minVersion: Int) {
  account(minVersion: $minVersion) {
    ...AccountFields
    keys {
      keyId
      lastUsedAt
    }
  }
}
    fragment KeyFields on ApiKey {
  id
  keyId
  name
  hint
  scopes
  createdAt
  createdBy
  expiresAt
  status
}
fragment AccountFields on Account {
  id
  accountId
  version
  keyLimit
  activeKeyCount
  canCreateKey
  frozenAt
  keys {
    ...KeyFields
  }
}`) as unknown as TypedDocumentString<KeysPageQuery, KeysPageQueryVariables>;
export const AccountDocument = new TypedDocumentString(`
    query Account($accountId: String, $minVersion: Int) {
  account(accountId: $accountId, minVersion: $minVersion) {
    ...AccountFields
  }
}
    fragment KeyFields on ApiKey {
  id
  keyId
  name
  hint
  scopes
  createdAt
  createdBy
  expiresAt
  status
}
fragment AccountFields on Account {
  id
  accountId
  version
  keyLimit
  activeKeyCount
  canCreateKey
  frozenAt
  keys {
    ...KeyFields
  }
}`) as unknown as TypedDocumentString<AccountQuery, AccountQueryVariables>;
export const CreateKeyDocument = new TypedDocumentString(`
    mutation CreateKey($input: CreateKeyInput!) {
  createKey(input: $input) {
    __typename
    ...CreatedKeyFields
    ... on Error {
      message
      code
    }
    ... on KeyLimitReached {
      keyLimit
    }
    ...AlreadyCreatedFields
  }
}
    fragment KeyFields on ApiKey {
  id
  keyId
  name
  hint
  scopes
  createdAt
  createdBy
  expiresAt
  status
}
fragment AccountFields on Account {
  id
  accountId
  version
  keyLimit
  activeKeyCount
  canCreateKey
  frozenAt
  keys {
    ...KeyFields
  }
}
fragment CreatedKeyFields on CreateKeyPayload {
  key {
    ...KeyFields
  }
  secret
  version
  account {
    ...AccountFields
  }
}
fragment AlreadyCreatedFields on KeyAlreadyCreated {
  keyId
  sameInput
  version
  existingKey {
    ...KeyFields
  }
}`) as unknown as TypedDocumentString<CreateKeyMutation, CreateKeyMutationVariables>;
export const RotateKeyDocument = new TypedDocumentString(`
    mutation RotateKey($input: RotateKeyInput!) {
  rotateKey(input: $input) {
    __typename
    ...CreatedKeyFields
    ... on Error {
      message
      code
    }
    ...AlreadyCreatedFields
  }
}
    fragment KeyFields on ApiKey {
  id
  keyId
  name
  hint
  scopes
  createdAt
  createdBy
  expiresAt
  status
}
fragment AccountFields on Account {
  id
  accountId
  version
  keyLimit
  activeKeyCount
  canCreateKey
  frozenAt
  keys {
    ...KeyFields
  }
}
fragment CreatedKeyFields on CreateKeyPayload {
  key {
    ...KeyFields
  }
  secret
  version
  account {
    ...AccountFields
  }
}
fragment AlreadyCreatedFields on KeyAlreadyCreated {
  keyId
  sameInput
  version
  existingKey {
    ...KeyFields
  }
}`) as unknown as TypedDocumentString<RotateKeyMutation, RotateKeyMutationVariables>;
export const DeleteKeyDocument = new TypedDocumentString(`
    mutation DeleteKey($input: DeleteKeyInput!) {
  deleteKey(input: $input) {
    __typename
    ... on DeleteKeyPayload {
      keyId
      deletedAt
      version
      account {
        ...AccountFields
      }
    }
    ... on Error {
      message
      code
    }
  }
}
    fragment KeyFields on ApiKey {
  id
  keyId
  name
  hint
  scopes
  createdAt
  createdBy
  expiresAt
  status
}
fragment AccountFields on Account {
  id
  accountId
  version
  keyLimit
  activeKeyCount
  canCreateKey
  frozenAt
  keys {
    ...KeyFields
  }
}`) as unknown as TypedDocumentString<DeleteKeyMutation, DeleteKeyMutationVariables>;
export const RenameKeyDocument = new TypedDocumentString(`
    mutation RenameKey($input: RenameKeyInput!) {
  renameKey(input: $input) {
    __typename
    ...ChangedKeyFields
    ... on Error {
      message
      code
    }
  }
}
    fragment KeyFields on ApiKey {
  id
  keyId
  name
  hint
  scopes
  createdAt
  createdBy
  expiresAt
  status
}
fragment AccountFields on Account {
  id
  accountId
  version
  keyLimit
  activeKeyCount
  canCreateKey
  frozenAt
  keys {
    ...KeyFields
  }
}
fragment ChangedKeyFields on ChangeKeyPayload {
  version
  key {
    ...KeyFields
  }
  account {
    ...AccountFields
  }
}`) as unknown as TypedDocumentString<RenameKeyMutation, RenameKeyMutationVariables>;
export const DisableKeyDocument = new TypedDocumentString(`
    mutation DisableKey($input: DisableKeyInput!) {
  disableKey(input: $input) {
    __typename
    ...ChangedKeyFields
    ... on Error {
      message
      code
    }
  }
}
    fragment KeyFields on ApiKey {
  id
  keyId
  name
  hint
  scopes
  createdAt
  createdBy
  expiresAt
  status
}
fragment AccountFields on Account {
  id
  accountId
  version
  keyLimit
  activeKeyCount
  canCreateKey
  frozenAt
  keys {
    ...KeyFields
  }
}
fragment ChangedKeyFields on ChangeKeyPayload {
  version
  key {
    ...KeyFields
  }
  account {
    ...AccountFields
  }
}`) as unknown as TypedDocumentString<DisableKeyMutation, DisableKeyMutationVariables>;
export const EnableKeyDocument = new TypedDocumentString(`
    mutation EnableKey($input: EnableKeyInput!) {
  enableKey(input: $input) {
    __typename
    ...ChangedKeyFields
    ... on Error {
      message
      code
    }
  }
}
    fragment KeyFields on ApiKey {
  id
  keyId
  name
  hint
  scopes
  createdAt
  createdBy
  expiresAt
  status
}
fragment AccountFields on Account {
  id
  accountId
  version
  keyLimit
  activeKeyCount
  canCreateKey
  frozenAt
  keys {
    ...KeyFields
  }
}
fragment ChangedKeyFields on ChangeKeyPayload {
  version
  key {
    ...KeyFields
  }
  account {
    ...AccountFields
  }
}`) as unknown as TypedDocumentString<EnableKeyMutation, EnableKeyMutationVariables>;
export const KeyUsesDocument = new TypedDocumentString(`
    query KeyUses($accountId: String, $days: Int) {
  account(accountId: $accountId) {
    keys {
      ...KeyFields
      replaces
      disabledAt
      lastUsedAt
      usage(days: $days) {
        day
        count
      }
    }
  }
}
    fragment KeyFields on ApiKey {
  id
  keyId
  name
  hint
  scopes
  createdAt
  createdBy
  expiresAt
  status
}`) as unknown as TypedDocumentString<KeyUsesQuery, KeyUsesQueryVariables>;
export const ExpiringKeysDocument = new TypedDocumentString(`
    query ExpiringKeys($accountId: String, $withinSeconds: Int) {
  account(accountId: $accountId) {
    expiringKeys(withinSeconds: $withinSeconds) {
      ...KeyFields
    }
  }
}
    fragment KeyFields on ApiKey {
  id
  keyId
  name
  hint
  scopes
  createdAt
  createdBy
  expiresAt
  status
}`) as unknown as TypedDocumentString<ExpiringKeysQuery, ExpiringKeysQueryVariables>;
export const DeletedKeysDocument = new TypedDocumentString(`
    query DeletedKeys($accountId: String, $first: Int, $after: String, $last: Int, $before: String) {
  account(accountId: $accountId) {
    deletedKeys(first: $first, after: $after, last: $last, before: $before) {
      edges {
        cursor
        node {
          id
          keyId
          name
          hint
          scopes
          createdAt
          createdBy
          expiresAt
          replaces
          lastUsedAt
          deletedAt
          deletedBy
          reason
          replacedBy
          note
        }
      }
      pageInfo {
        ...PageFields
      }
    }
  }
}
    fragment PageFields on PageInfo {
  hasNextPage
  hasPreviousPage
  startCursor
  endCursor
}`) as unknown as TypedDocumentString<DeletedKeysQuery, DeletedKeysQueryVariables>;
export const CouldAuthenticateDocument = new TypedDocumentString(`
    query CouldAuthenticate($keyId: String!, $at: DateTime!) {
  couldAuthenticate(keyId: $keyId, at: $at)
}
    `) as unknown as TypedDocumentString<CouldAuthenticateQuery, CouldAuthenticateQueryVariables>;
export const AccountsDocument = new TypedDocumentString(`
    query Accounts($search: String, $status: AccountStatus, $atLimit: Boolean, $expiringWithinSeconds: Int, $unusedForSeconds: Int, $first: Int, $after: String, $last: Int, $before: String) {
  accounts(
    search: $search
    status: $status
    atLimit: $atLimit
    expiringWithinSeconds: $expiringWithinSeconds
    unusedForSeconds: $unusedForSeconds
    first: $first
    after: $after
    last: $last
    before: $before
  ) {
    edges {
      cursor
      node {
        ...AccountFields
      }
    }
    pageInfo {
      ...PageFields
    }
  }
}
    fragment KeyFields on ApiKey {
  id
  keyId
  name
  hint
  scopes
  createdAt
  createdBy
  expiresAt
  status
}
fragment AccountFields on Account {
  id
  accountId
  version
  keyLimit
  activeKeyCount
  canCreateKey
  frozenAt
  keys {
    ...KeyFields
  }
}
fragment PageFields on PageInfo {
  hasNextPage
  hasPreviousPage
  startCursor
  endCursor
}`) as unknown as TypedDocumentString<AccountsQuery, AccountsQueryVariables>;
export const KeyDocument = new TypedDocumentString(`
    query Key($keyId: String!) {
  key(keyId: $keyId) {
    ...KeyFields
    lastUsedAt
    account {
      accountId
    }
  }
}
    fragment KeyFields on ApiKey {
  id
  keyId
  name
  hint
  scopes
  createdAt
  createdBy
  expiresAt
  status
}`) as unknown as TypedDocumentString<KeyQuery, KeyQueryVariables>;
export const RevokeKeyDocument = new TypedDocumentString(`
    mutation RevokeKey($input: RevokeKeyInput!) {
  revokeKey(input: $input) {
    __typename
    ...RevokedKeysFields
    ... on Error {
      message
      code
    }
  }
}
    fragment KeyFields on ApiKey {
  id
  keyId
  name
  hint
  scopes
  createdAt
  createdBy
  expiresAt
  status
}
fragment AccountFields on Account {
  id
  accountId
  version
  keyLimit
  activeKeyCount
  canCreateKey
  frozenAt
  keys {
    ...KeyFields
  }
}
fragment RevokedKeysFields on RevokeKeysPayload {
  keyIds
  deletedAt
  version
  account {
    ...AccountFields
  }
}`) as unknown as TypedDocumentString<RevokeKeyMutation, RevokeKeyMutationVariables>;
export const RevokeAccountKeysDocument = new TypedDocumentString(`
    mutation RevokeAccountKeys($input: OperateAccountInput!) {
  revokeAccountKeys(input: $input) {
    __typename
    ...RevokedKeysFields
    ... on Error {
      message
      code
    }
  }
}
    fragment KeyFields on ApiKey {
  id
  keyId
  name
  hint
  scopes
  createdAt
  createdBy
  expiresAt
  status
}
fragment AccountFields on Account {
  id
  accountId
  version
  keyLimit
  activeKeyCount
  canCreateKey
  frozenAt
  keys {
    ...KeyFields
  }
}
fragment RevokedKeysFields on RevokeKeysPayload {
  keyIds
  deletedAt
  version
  account {
    ...AccountFields
  }
}`) as unknown as TypedDocumentString<RevokeAccountKeysMutation, RevokeAccountKeysMutationVariables>;
export const FreezeAccountDocument = new TypedDocumentString(`
    mutation FreezeAccount($input: OperateAccountInput!) {
  freezeAccount(input: $input) {
    __typename
    ...FrozenAccountFields
    ... on Error {
      message
      code
    }
  }
}
    fragment KeyFields on ApiKey {
  id
  keyId
  name
  hint
  scopes
  createdAt
  createdBy
  expiresAt
  status
}
fragment AccountFields on Account {
  id
  accountId
  version
  keyLimit
  activeKeyCount
  canCreateKey
  frozenAt
  keys {
    ...KeyFields
  }
}
fragment FrozenAccountFields on FreezeAccountPayload {
  version
  account {
    ...AccountFields
  }
}`) as unknown as TypedDocumentString<FreezeAccountMutation, FreezeAccountMutationVariables>;
export const ThawAccountDocument = new TypedDocumentString(`
    mutation ThawAccount($input: OperateAccountInput!) {
  thawAccount(input: $input) {
    __typename
    ...FrozenAccountFields
    ... on Error {
      message
      code
    }
  }
}
    fragment KeyFields on ApiKey {
  id
  keyId
  name
  hint
  scopes
  createdAt
  createdBy
  expiresAt
  status
}
fragment AccountFields on Account {
  id
  accountId
  version
  keyLimit
  activeKeyCount
  canCreateKey
  frozenAt
  keys {
    ...KeyFields
  }
}
fragment FrozenAccountFields on FreezeAccountPayload {
  version
  account {
    ...AccountFields
  }
}`) as unknown as TypedDocumentString<ThawAccountMutation, ThawAccountMutationVariables>;
export const ViewerDocument = new TypedDocumentString(`
    query Viewer {
  viewer {
    subject
    accountId
    roles
    expiresAt
  }
}
    `) as unknown as TypedDocumentString<ViewerQuery, ViewerQueryVariables>;