/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
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
  /** How many keys were deleted because they had expired and their place was needed. */
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
  /** The time from the creation of each key that was ever used to its first use, in seconds. */
  | 'TIME_TO_FIRST_USE';

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
  /** The latest `at` of an event, excluded. */
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

/** The key to rename, and its new name. */
export type RenameKeyInput = {
  /** Your own name for this request: 1 to 100 characters, such as a UUID. If you do not know whether a request succeeded, send it again with the same name, at any time later. It never changes anything a second time: the answer shows the key as it is then. */
  idempotencyKey?: string | null | undefined;
  /** The id of the key: `key_` and 22 letters and digits. */
  keyId: string;
  /** What to call the key from now on, by the rules of `CreateKeyInput`. Every name is kept forever: do not put personal data or a secret in it. */
  name: string;
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
  /** How long the old key still works, in seconds: 0 to 2592000 (30 days). With 0 the old key is deleted at once, and the account may be at the limit. With more the new key needs a free place. */
  overlapSeconds?: number | null | undefined;
};

export type TotalsQueryVariables = Exact<{ [key: string]: never; }>;


export type TotalsQuery = { analytics: { totals: { at: string, position: string, accounts: number, accountsAtLimit: number, activeKeys: number, keysCreated: number, keysDeleted: number, keysRotated: number, keysUsed: number, createsRefused: number, verifications: number } | null } | null };

export type TimeSeriesQueryVariables = Exact<{
  metric: AnalyticsMetric;
  from: string;
  to: string;
  interval: Interval;
  timeZone: string;
}>;


export type TimeSeriesQuery = { analytics: { timeSeries: { at: string, position: string, points: Array<{ start: string, local: string, value: number }> } | null } | null };

export type DistributionQueryVariables = Exact<{
  metric: DistributionMetric;
}>;


export type DistributionQuery = { analytics: { distribution: { at: string, position: string, count: number, mean: number | null, buckets: Array<{ from: number, to: number, count: number }>, quantiles: Array<{ part: number, value: number }> } | null } | null };

export type RotationFunnelQueryVariables = Exact<{ [key: string]: never; }>;


export type RotationFunnelQuery = { analytics: { rotationFunnel: { at: string, position: string, created: number, rotated: number, withOverlap: number, completed: number, successorUsed: number } | null } | null };

export type AccountsAtLimitQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}>;


export type AccountsAtLimitQuery = { analytics: { accountsAtLimit: { at: string, position: string, totalCount: number, edges: Array<{ node: { account: string, since: string, until: string | null } }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } | null } | null };

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

export type CheckpointQueryVariables = Exact<{ [key: string]: never; }>;


export type CheckpointQuery = { checkpoint: { note: string, origin: string, treeSize: number, root: string, publicKey: string } | null };

export type ConsistencyProofQueryVariables = Exact<{
  fromSize: number;
  toSize: number;
}>;


export type ConsistencyProofQuery = { consistencyProof: { path: Array<string> } | null };

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
        | { __typename: 'AccountFrozen', eventId: string, account: string, version: number, schemaVersion: number, at: string, actor: string, canonical: string | null, inclusionProof?: { leafIndex: number, path: Array<string> } | null }
        | { __typename: 'AccountThawed', eventId: string, account: string, version: number, schemaVersion: number, at: string, actor: string, canonical: string | null, inclusionProof?: { leafIndex: number, path: Array<string> } | null }
        | { __typename: 'KeyCreated', eventId: string, account: string, version: number, schemaVersion: number, at: string, actor: string, canonical: string | null, inclusionProof?: { leafIndex: number, path: Array<string> } | null }
        | { __typename: 'KeyDeleted', eventId: string, account: string, version: number, schemaVersion: number, at: string, actor: string, canonical: string | null, inclusionProof?: { leafIndex: number, path: Array<string> } | null }
        | { __typename: 'KeyDisabled', eventId: string, account: string, version: number, schemaVersion: number, at: string, actor: string, canonical: string | null, inclusionProof?: { leafIndex: number, path: Array<string> } | null }
        | { __typename: 'KeyEnabled', eventId: string, account: string, version: number, schemaVersion: number, at: string, actor: string, canonical: string | null, inclusionProof?: { leafIndex: number, path: Array<string> } | null }
        | { __typename: 'KeyExpirySet', eventId: string, account: string, version: number, schemaVersion: number, at: string, actor: string, canonical: string | null, inclusionProof?: { leafIndex: number, path: Array<string> } | null }
        | { __typename: 'KeyRenamed', eventId: string, account: string, version: number, schemaVersion: number, at: string, actor: string, canonical: string | null, inclusionProof?: { leafIndex: number, path: Array<string> } | null }
        | { __typename: 'UnknownKeyEvent', type: string, eventId: string, account: string, version: number, schemaVersion: number, at: string, actor: string, canonical: string | null, inclusionProof?: { leafIndex: number, path: Array<string> } | null }
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


export type KeysAsOfQuery = { account: { asOf: { at: string, activeKeyCount: number, keys: Array<{ keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, couldAuthenticate: boolean }> } | null } | null };

export type KeyFieldsFragment = { id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus };

export type AccountFieldsFragment = { id: string, accountId: string, version: number, keyLimit: number, activeKeyCount: number, canCreateKey: boolean, frozenAt: string | null, keys: Array<{ id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus }> };

export type KeysPageQueryVariables = Exact<{
  minVersion?: number | null | undefined;
}>;


export type KeysPageQuery = { account: { id: string, accountId: string, version: number, keyLimit: number, activeKeyCount: number, canCreateKey: boolean, frozenAt: string | null, keys: Array<{ keyId: string, lastUsedAt: string | null, id: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus }> } | null };

export type AccountQueryVariables = Exact<{
  accountId?: string | null | undefined;
}>;


export type AccountQuery = { account: { id: string, accountId: string, version: number, keyLimit: number, activeKeyCount: number, canCreateKey: boolean, frozenAt: string | null, keys: Array<{ id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus }> } | null };

export type CreatedKeyFieldsFragment = { secret: string, key: { id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus }, account: { id: string, accountId: string, version: number, keyLimit: number, activeKeyCount: number, canCreateKey: boolean, frozenAt: string | null, keys: Array<{ id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus }> } };

export type AlreadyCreatedFieldsFragment = { keyId: string, sameInput: boolean, existingKey: { id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus } | null };

export type CreateKeyMutationVariables = Exact<{
  input: CreateKeyInput;
}>;


export type CreateKeyMutation = { createKey:
    | { __typename: 'AccountIsFrozen', message: string, code: string }
    | { __typename: 'CreateKeyPayload', secret: string, key: { id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus }, account: { id: string, accountId: string, version: number, keyLimit: number, activeKeyCount: number, canCreateKey: boolean, frozenAt: string | null, keys: Array<{ id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus }> } }
    | { __typename: 'KeyAlreadyCreated', message: string, code: string, keyId: string, sameInput: boolean, existingKey: { id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus } | null }
    | { __typename: 'KeyLimitReached', message: string, code: string, keyLimit: number }
   | null };

export type RotateKeyMutationVariables = Exact<{
  input: RotateKeyInput;
}>;


export type RotateKeyMutation = { rotateKey:
    | { __typename: 'AccountIsFrozen', message: string, code: string }
    | { __typename: 'CreateKeyPayload', secret: string, key: { id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus }, account: { id: string, accountId: string, version: number, keyLimit: number, activeKeyCount: number, canCreateKey: boolean, frozenAt: string | null, keys: Array<{ id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus }> } }
    | { __typename: 'KeyAlreadyCreated', message: string, code: string, keyId: string, sameInput: boolean, existingKey: { id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus } | null }
    | { __typename: 'KeyIsDisabled', message: string, code: string }
    | { __typename: 'KeyLimitReached', message: string, code: string }
    | { __typename: 'KeyNotFound', message: string, code: string }
   | null };

export type DeleteKeyMutationVariables = Exact<{
  input: DeleteKeyInput;
}>;


export type DeleteKeyMutation = { deleteKey:
    | { __typename: 'DeleteKeyPayload', keyId: string, deletedAt: string, account: { id: string, accountId: string, version: number, keyLimit: number, activeKeyCount: number, canCreateKey: boolean, frozenAt: string | null, keys: Array<{ id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus }> } }
    | { __typename: 'KeyNotFound', message: string, code: string }
   | null };

export type ChangedKeyFieldsFragment = { key: { id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus }, account: { id: string, accountId: string, version: number, keyLimit: number, activeKeyCount: number, canCreateKey: boolean, frozenAt: string | null, keys: Array<{ id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus }> } };

export type RenameKeyMutationVariables = Exact<{
  input: RenameKeyInput;
}>;


export type RenameKeyMutation = { renameKey:
    | { __typename: 'ChangeKeyPayload', key: { id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus }, account: { id: string, accountId: string, version: number, keyLimit: number, activeKeyCount: number, canCreateKey: boolean, frozenAt: string | null, keys: Array<{ id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus }> } }
    | { __typename: 'IdempotencyKeyUsed', message: string, code: string }
    | { __typename: 'KeyNotFound', message: string, code: string }
   | null };

export type DisableKeyMutationVariables = Exact<{
  input: DisableKeyInput;
}>;


export type DisableKeyMutation = { disableKey:
    | { __typename: 'ChangeKeyPayload', key: { id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus }, account: { id: string, accountId: string, version: number, keyLimit: number, activeKeyCount: number, canCreateKey: boolean, frozenAt: string | null, keys: Array<{ id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus }> } }
    | { __typename: 'IdempotencyKeyUsed', message: string, code: string }
    | { __typename: 'KeyNotFound', message: string, code: string }
   | null };

export type EnableKeyMutationVariables = Exact<{
  input: EnableKeyInput;
}>;


export type EnableKeyMutation = { enableKey:
    | { __typename: 'AccountIsFrozen', message: string, code: string }
    | { __typename: 'ChangeKeyPayload', key: { id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus }, account: { id: string, accountId: string, version: number, keyLimit: number, activeKeyCount: number, canCreateKey: boolean, frozenAt: string | null, keys: Array<{ id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus }> } }
    | { __typename: 'IdempotencyKeyUsed', message: string, code: string }
    | { __typename: 'KeyNotFound', message: string, code: string }
   | null };

export type ViewerQueryVariables = Exact<{ [key: string]: never; }>;


export type ViewerQuery = { viewer: { subject: string, accountId: string | null, roles: Array<Role> } | null };

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
export const TotalsDocument = new TypedDocumentString(`
    query Totals {
  analytics {
    totals {
      at
      position
      accounts
      accountsAtLimit
      activeKeys
      keysCreated
      keysDeleted
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
      points {
        start
        local
        value
      }
    }
  }
}
    `) as unknown as TypedDocumentString<TimeSeriesQuery, TimeSeriesQueryVariables>;
export const DistributionDocument = new TypedDocumentString(`
    query Distribution($metric: DistributionMetric!) {
  analytics {
    distribution(metric: $metric, buckets: 24, quantiles: [0.5, 0.9, 0.99]) {
      at
      position
      count
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
      totalCount
      edges {
        node {
          account
          since
          until
        }
      }
      pageInfo {
        hasNextPage
        hasPreviousPage
        startCursor
        endCursor
      }
    }
  }
}
    `) as unknown as TypedDocumentString<AccountsAtLimitQuery, AccountsAtLimitQueryVariables>;
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
    path
  }
}
    `) as unknown as TypedDocumentString<ConsistencyProofQuery, ConsistencyProofQueryVariables>;
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
        at
        actor
        canonical
        inclusionProof(treeSize: $treeSize) @include(if: $prove) {
          leafIndex
          path
        }
        ... on UnknownKeyEvent {
          type
        }
      }
    }
    pageInfo {
      hasNextPage
      hasPreviousPage
      startCursor
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<HistoryPageQuery, HistoryPageQueryVariables>;
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
      at
      activeKeyCount
      keys {
        keyId
        name
        hint
        scopes
        createdAt
        createdBy
        expiresAt
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
    query Account($accountId: String) {
  account(accountId: $accountId) {
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
  account {
    ...AccountFields
  }
}
fragment AlreadyCreatedFields on KeyAlreadyCreated {
  keyId
  sameInput
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
  account {
    ...AccountFields
  }
}
fragment AlreadyCreatedFields on KeyAlreadyCreated {
  keyId
  sameInput
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
  key {
    ...KeyFields
  }
  account {
    ...AccountFields
  }
}`) as unknown as TypedDocumentString<EnableKeyMutation, EnableKeyMutationVariables>;
export const ViewerDocument = new TypedDocumentString(`
    query Viewer {
  viewer {
    subject
    accountId
    roles
  }
}
    `) as unknown as TypedDocumentString<ViewerQuery, ViewerQueryVariables>;