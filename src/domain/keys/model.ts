/** The actor of a deletion that makes room where an expired key stood. */
export const EXPIRY_ACTOR = 'system:expiry';

/** The actor of a deletion that whoever found the secret has asked for. */
export const LEAK_REPORT_ACTOR = 'anonymous:leak-report';

/** A moment as the log keeps it: RFC 3339 in UTC with milliseconds, so that it sorts as text. */
export type Timestamp = string;

export type DeletionReason = 'REQUESTED' | 'ROTATED' | 'EXPIRED' | 'LEAKED';

export interface KeyCreated {
  type: 'KeyCreated';
  data: {
    keyId: string;
    name: string;
    secretHash: string;
    hint: string;
    scopes: string[];
    expiresAt?: Timestamp | undefined;
    /** How long the key was made to live, in milliseconds; there where `expiresAt` is. */
    lifetime?: number | undefined;
    idempotencyKey?: string | undefined;
    /** What was asked for under the idempotency key, as `inputHash` gives it; there where that key is. */
    inputHash?: string | undefined;
    replaces?: string | undefined;
  };
}

export interface KeyDeleted {
  type: 'KeyDeleted';
  data: { keyId: string; reason: DeletionReason; replacedBy?: string | undefined };
}

export interface KeyExpirySet {
  type: 'KeyExpirySet';
  data: { keyId: string; expiresAt: Timestamp };
}

export type KeyEvent = KeyCreated | KeyDeleted | KeyExpirySet;

/** An event with its place in its account's stream (from 1), its time and who caused it. */
export type PastKeyEvent = KeyEvent & { version: number; at: Timestamp; actor: string };

/** The parts of new key material that an event may hold. */
export interface NewKey {
  keyId: string;
  secretHash: string;
  hint: string;
}

export interface CreateKey {
  type: 'CreateKey';
  key: NewKey;
  name: string;
  scopes: string[];
  expiresAt?: Timestamp | undefined;
  idempotencyKey?: string | undefined;
}

export interface RotateKey {
  type: 'RotateKey';
  key: NewKey;
  keyId: string;
  /** Seconds for which the old key still works. */
  overlap: number;
  idempotencyKey?: string | undefined;
}

export interface DeleteKey {
  type: 'DeleteKey';
  keyId: string;
  reason: 'REQUESTED' | 'LEAKED';
}

export type KeyCommand = CreateKey | RotateKey | DeleteKey;

/** A key that was created and not deleted. Times are in milliseconds since 1970. */
export interface Key {
  keyId: string;
  name: string;
  hint: string;
  scopes: string[];
  createdAt: number;
  createdBy: string;
  expiresAt?: number | undefined;
  /** How long the key was made to live, in milliseconds; a successor lives as long. */
  lifetime?: number | undefined;
  replaces?: string | undefined;
}

/** What the events of one account's stream amount to. */
export interface AccountKeys {
  /** How many events were folded. */
  version: number;
  /** The time of the last event, in milliseconds since 1970. */
  at: number;
  keys: ReadonlyMap<string, Key>;
  /** Every key id ever issued. A state read from a projection need only know those that the command names. */
  issued: ReadonlySet<string>;
  /** What each idempotency key made. A state read from a projection need only know the command's own. */
  made: ReadonlyMap<string, Made>;
}

/** The key that an idempotency key made, and the hash of what was asked for then. */
export interface Made {
  keyId: string;
  inputHash: string;
}

export const NO_KEYS: AccountKeys = { version: 0, at: 0, keys: new Map(), issued: new Set(), made: new Map() };

/** Whether the key authenticates at that instant (milliseconds since 1970). */
export function isActive(key: Pick<Key, 'expiresAt'>, now: number): boolean {
  return key.expiresAt === undefined || now < key.expiresAt;
}

/** The account's keys that authenticate at that instant. */
export function activeKeys({ keys }: Pick<AccountKeys, 'keys'>, now: number): Key[] {
  return [...keys.values()].filter((key) => isActive(key, now));
}
