/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** What is counted over time: in each interval how often it happened, or at its end how many there were. */
export type AnalyticsMetric =
  /** Accounts that held as many active keys as they may when the interval ended. */
  | 'ACCOUNTS_AT_LIMIT'
  /** Keys that authenticated when the interval ended. One that expires does not from that instant, without any event. */
  | 'ACTIVE_KEYS'
  /** Keys that the limit refused; known some quarter of an hour later. */
  | 'CREATES_REFUSED'
  /** Keys that were created, those of rotations included. */
  | 'KEYS_CREATED'
  /** Keys that were deleted, for whatever reason. */
  | 'KEYS_DELETED'
  /** Keys that had expired and were deleted because their place was needed. */
  | 'KEYS_DELETED_EXPIRED'
  /** Keys that were deleted because their secret was reported as leaked. */
  | 'KEYS_DELETED_LEAKED'
  /** Keys that were deleted because their owners asked for it. */
  | 'KEYS_DELETED_REQUESTED'
  /** Keys that were deleted because a rotation without an overlap replaced them. */
  | 'KEYS_DELETED_ROTATED'
  /** Rotations, with and without an overlap. */
  | 'KEYS_ROTATED'
  /** Times that a key authenticated its holder; known some ten seconds later. */
  | 'VERIFICATIONS';

/** What a new key is to be. */
export type CreateKeyInput = {
  /** From when on it shall not authenticate, in the future. Without it, the key never expires. */
  expiresAt?: string | null | undefined;
  /** A name of your own for this request, 1 to 100 characters, such as a UUID. Given again, however late, it never makes a second key: the answer is `KeyAlreadyCreated`. */
  idempotencyKey?: string | null | undefined;
  /** What to call it: 1 to 100 characters, none that nobody can see. It is kept forever: no personal data. */
  name: string;
  /** What it may be used for: at most 32 scopes as in RFC 6749, section 3.3. */
  scopes?: Array<string> | null | undefined;
};

/** Which key is to be deleted. */
export type DeleteKeyInput = {
  /** The key, by its `keyId`. */
  keyId: string;
};

/** Of what the distribution is asked for. Times are in whole seconds, rounded down. */
export type DistributionMetric =
  /** How many active keys each account holds that has ever held one. */
  | 'KEYS_PER_ACCOUNT'
  /** How long ago each active key was created. */
  | 'KEY_AGE'
  /** How long each key that authenticates no longer did: until its deletion, or its expiry where that came first. */
  | 'LIFETIME'
  /** From the creation of each key that was ever used to its first use. */
  | 'TIME_TO_FIRST_USE';

/** Which events: those that match everything that is given. */
export type EventFilter = {
  /** Of this account; an owner sees its own alone. */
  account?: string | null | undefined;
  /** Caused by this subject. */
  actor?: string | null | undefined;
  /** Since this instant, by the `at` of each event. */
  from?: string | null | undefined;
  /** About this key. */
  keyId?: string | null | undefined;
  /** Before this instant, by the `at` of each event. */
  to?: string | null | undefined;
  /** Of this type. */
  type?: EventType | null | undefined;
};

/** What an event says. */
export type EventType =
  /** A key came into being. */
  | 'KeyCreated'
  /** A key ended, for good. */
  | 'KeyDeleted'
  /** A rotation left the old key an overlap. */
  | 'KeyExpirySet';

/** How long an interval is, by the clocks and the calendar of the time zone. */
export type Interval =
  /** A day, from midnight to midnight: 23 or 25 hours where the clocks change. */
  | 'DAY'
  /** An hour; where the clocks show one twice, it is two. */
  | 'HOUR'
  /** A month. */
  | 'MONTH'
  /** A week, from Monday (ISO 8601). */
  | 'WEEK';

/** Whether a key authenticates. */
export type KeyStatus =
  /** It authenticates. */
  | 'ACTIVE'
  /** Its time is over: it does not authenticate, and does not count. It can still be deleted. */
  | 'EXPIRED';

/** What a token allows. */
export type Role =
  /** To see analytics alone, without names. */
  | 'ANALYST'
  /** To see everyone's keys and history, and who read it; to change nothing. */
  | 'AUDITOR'
  /** To see and change the keys of its own account, and to see its history. */
  | 'OWNER';

/** Which key is to be replaced, and how. */
export type RotateKeyInput = {
  /** A name of your own for this request, 1 to 100 characters, such as a UUID. Given again, however late, it never makes a second key: the answer is `KeyAlreadyCreated`. */
  idempotencyKey?: string | null | undefined;
  /** The key that is to be replaced. */
  keyId: string;
  /** For how many seconds the old key still works, at most 30 days. 0 deletes it at once, and needs no free place for a key. */
  overlap?: number | null | undefined;
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


export type LatestEventQuery = { events: { edges: Array<{ node: { version: number } }>, pageInfo: { endCursor: string | null } } | null };

export type NewEventsSubscriptionVariables = Exact<{
  filter?: EventFilter | null | undefined;
  after?: string | null | undefined;
}>;


export type NewEventsSubscription = { events: { cursor: string, node: { version: number } } | null };

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


export type HistoryPageQuery = { events: { edges: Array<{ cursor: string, node: { eventId: string, account: string, version: number, type: string, schemaVersion: number, at: string, actor: string, canonical: string | null, inclusionProof?: { leafIndex: number, path: Array<string> } | null } }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } | null };

export type FirstEventQueryVariables = Exact<{
  filter?: EventFilter | null | undefined;
}>;


export type FirstEventQuery = { events: { edges: Array<{ node: { at: string } }> } | null };

export type KeysAsOfQueryVariables = Exact<{
  accountId?: string | null | undefined;
  at: string;
}>;


export type KeysAsOfQuery = { account: { asOf: { at: string, activeKeyCount: number, keys: Array<{ keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, couldAuthenticate: boolean }> } | null } | null };

export type KeyFieldsFragment = { id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus };

export type AccountFieldsFragment = { id: string, accountId: string, version: number, keyLimit: number, activeKeyCount: number, canCreateKey: boolean, keys: Array<{ id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus }> };

export type KeysPageQueryVariables = Exact<{
  minVersion?: number | null | undefined;
}>;


export type KeysPageQuery = { account: { id: string, accountId: string, version: number, keyLimit: number, activeKeyCount: number, canCreateKey: boolean, keys: Array<{ keyId: string, lastUsedAt: string | null, id: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus }> } | null };

export type AccountQueryVariables = Exact<{
  accountId?: string | null | undefined;
}>;


export type AccountQuery = { account: { id: string, accountId: string, version: number, keyLimit: number, activeKeyCount: number, canCreateKey: boolean, keys: Array<{ id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus }> } | null };

export type CreateKeyMutationVariables = Exact<{
  input: CreateKeyInput;
}>;


export type CreateKeyMutation = { createKey:
    | { __typename: 'CreateKeyPayload', secret: string, key: { id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus }, account: { id: string, accountId: string, version: number, keyLimit: number, activeKeyCount: number, canCreateKey: boolean, keys: Array<{ id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus }> } }
    | { __typename: 'KeyAlreadyCreated', message: string, code: string, keyId: string, sameInput: boolean, existingKey: { id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus } | null }
    | { __typename: 'KeyLimitReached', message: string, code: string, keyLimit: number }
   | null };

export type RotateKeyMutationVariables = Exact<{
  input: RotateKeyInput;
}>;


export type RotateKeyMutation = { rotateKey:
    | { __typename: 'CreateKeyPayload', secret: string, key: { id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus }, account: { id: string, accountId: string, version: number, keyLimit: number, activeKeyCount: number, canCreateKey: boolean, keys: Array<{ id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus }> } }
    | { __typename: 'KeyAlreadyCreated', message: string, code: string, keyId: string, sameInput: boolean, existingKey: { id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus } | null }
    | { __typename: 'KeyLimitReached', message: string, code: string }
    | { __typename: 'KeyNotFound', message: string, code: string }
   | null };

export type DeleteKeyMutationVariables = Exact<{
  input: DeleteKeyInput;
}>;


export type DeleteKeyMutation = { deleteKey:
    | { __typename: 'DeleteKeyPayload', keyId: string, deletedAt: string, account: { id: string, accountId: string, version: number, keyLimit: number, activeKeyCount: number, canCreateKey: boolean, keys: Array<{ id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus }> } }
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
        eventId
        account
        version
        type
        schemaVersion
        at
        actor
        canonical
        inclusionProof(treeSize: $treeSize) @include(if: $prove) {
          leafIndex
          path
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
  keys {
    ...KeyFields
  }
}`) as unknown as TypedDocumentString<AccountQuery, AccountQueryVariables>;
export const CreateKeyDocument = new TypedDocumentString(`
    mutation CreateKey($input: CreateKeyInput!) {
  createKey(input: $input) {
    __typename
    ... on CreateKeyPayload {
      key {
        ...KeyFields
      }
      secret
      account {
        ...AccountFields
      }
    }
    ... on Error {
      message
      code
    }
    ... on KeyLimitReached {
      keyLimit
    }
    ... on KeyAlreadyCreated {
      keyId
      sameInput
      existingKey {
        ...KeyFields
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
}
fragment AccountFields on Account {
  id
  accountId
  version
  keyLimit
  activeKeyCount
  canCreateKey
  keys {
    ...KeyFields
  }
}`) as unknown as TypedDocumentString<CreateKeyMutation, CreateKeyMutationVariables>;
export const RotateKeyDocument = new TypedDocumentString(`
    mutation RotateKey($input: RotateKeyInput!) {
  rotateKey(input: $input) {
    __typename
    ... on CreateKeyPayload {
      key {
        ...KeyFields
      }
      secret
      account {
        ...AccountFields
      }
    }
    ... on Error {
      message
      code
    }
    ... on KeyAlreadyCreated {
      keyId
      sameInput
      existingKey {
        ...KeyFields
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
}
fragment AccountFields on Account {
  id
  accountId
  version
  keyLimit
  activeKeyCount
  canCreateKey
  keys {
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
  keys {
    ...KeyFields
  }
}`) as unknown as TypedDocumentString<DeleteKeyMutation, DeleteKeyMutationVariables>;
export const ViewerDocument = new TypedDocumentString(`
    query Viewer {
  viewer {
    subject
    accountId
    roles
  }
}
    `) as unknown as TypedDocumentString<ViewerQuery, ViewerQueryVariables>;