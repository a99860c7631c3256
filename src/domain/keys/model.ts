/** The actor of a deletion that frees the slot of an expired key. */
export const EXPIRY_ACTOR = 'system:expiry';

/** The actor of a deletion that was requested by the finder of a leaked secret. */
export const LEAK_REPORT_ACTOR = 'anonymous:leak-report';

/** A time as the log stores it: RFC 3339 in UTC with milliseconds, so it sorts as text. */
export type Timestamp = string;

export type DeletionReason = 'REQUESTED' | 'ROTATED' | 'EXPIRED' | 'LEAKED' | 'REVOKED';

export interface KeyCreated {
  type: 'KeyCreated';
  data: {
    keyId: string;
    name: string;
    secretHash: string;
    hint: string;
    scopes: string[];
    expiresAt?: Timestamp | undefined;
    /** The lifetime that the key was given, in milliseconds; present if `expiresAt` is. */
    lifetime?: number | undefined;
    idempotencyKey?: string | undefined;
    /** The hash of the command's input (`inputHash`); present if the idempotency key is. */
    inputHash?: string | undefined;
    replaces?: string | undefined;
  };
}

export interface KeyDeleted {
  type: 'KeyDeleted';
  data: {
    keyId: string;
    reason: DeletionReason;
    replacedBy?: string | undefined;
    /** Why an operator deleted it. */
    note?: string | undefined;
  };
}

export interface KeyExpirySet {
  type: 'KeyExpirySet';
  data: { keyId: string; expiresAt: Timestamp };
}

export interface KeyRenamed {
  type: 'KeyRenamed';
  data: { keyId: string; name: string; idempotencyKey?: string | undefined; inputHash?: string | undefined };
}

export interface KeyDisabled {
  type: 'KeyDisabled';
  data: { keyId: string; idempotencyKey?: string | undefined; inputHash?: string | undefined };
}

export interface KeyEnabled {
  type: 'KeyEnabled';
  data: { keyId: string; idempotencyKey?: string | undefined; inputHash?: string | undefined };
}

export interface AccountFrozen {
  type: 'AccountFrozen';
  data: { note?: string | undefined };
}

export interface AccountThawed {
  type: 'AccountThawed';
  data: { note?: string | undefined };
}

/** An event about a key; the last two are about the account. */
export type KeyEvent =
  | KeyCreated
  | KeyDeleted
  | KeyExpirySet
  | KeyRenamed
  | KeyDisabled
  | KeyEnabled
  | AccountFrozen
  | AccountThawed;

/** An event with its version in the account's stream (from 1), its time and its actor. */
export type PastKeyEvent = KeyEvent & { version: number; at: Timestamp; actor: string };

/** The parts of new key material that an event may hold. */
interface NewKey {
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
  /** How long the old key still works, in seconds. */
  overlap: number;
  idempotencyKey?: string | undefined;
}

interface DeleteKey {
  type: 'DeleteKey';
  keyId: string;
  reason: 'REQUESTED' | 'LEAKED' | 'REVOKED';
  note?: string | undefined;
}

/** The deletion of several keys of an account at once, by an operator. */
export interface RevokeKeys {
  type: 'RevokeKeys';
  /** Those to delete if the account has them; undefined: all that it has. */
  keyIds?: readonly string[] | undefined;
  note?: string | undefined;
}

/** The freeze of an account, or its end, by an operator. */
export interface FreezeAccount {
  type: 'FreezeAccount' | 'ThawAccount';
  note?: string | undefined;
}

interface RenameKey {
  type: 'RenameKey';
  keyId: string;
  name: string;
  idempotencyKey?: string | undefined;
}

interface SwitchKey {
  type: 'DisableKey' | 'EnableKey';
  keyId: string;
  idempotencyKey?: string | undefined;
}

/** A change of a key that stays: its secret and its slot stay the same. */
export type ChangeKey = RenameKey | SwitchKey;

export type OperatorCommand = RevokeKeys | FreezeAccount;

export type KeyCommand = CreateKey | RotateKey | DeleteKey | ChangeKey | OperatorCommand;

/** A key that was created and not deleted. Times are in milliseconds since 1970. */
export interface Key {
  keyId: string;
  name: string;
  hint: string;
  scopes: string[];
  createdAt: number;
  createdBy: string;
  expiresAt?: number | undefined;
  /** The lifetime that the key was given, in milliseconds. Its successor gets the same. */
  lifetime?: number | undefined;
  replaces?: string | undefined;
  /** Since when it is disabled; undefined if it is not. */
  disabledAt?: number | undefined;
}

/** The folded state of one account's stream. */
export interface AccountKeys {
  /** The number of events that were folded. */
  version: number;
  /** The time of the last event, in milliseconds since 1970. */
  at: number;
  keys: ReadonlyMap<string, Key>;
  /** Since when an operator has frozen it, in milliseconds since 1970; undefined if it is not frozen. */
  frozenAt?: number | undefined;
  /** Every key id ever issued. A state that was read from a projection needs only the ids that the command names. */
  issued: ReadonlySet<string>;
  /** What each idempotency key created or changed. A state that was read from a projection needs only the command's own. */
  made: ReadonlyMap<string, Made>;
}

/** The key that a request with an idempotency key created or changed, and the hash of that request's input. */
export interface Made {
  keyId: string;
  inputHash: string;
}

export const NO_KEYS: AccountKeys = { version: 0, at: 0, keys: new Map(), issued: new Set(), made: new Map() };

/** The id of the key that the event is about; undefined if it is about the account. */
export function keyIdIn({ data }: KeyEvent): string | undefined {
  return 'keyId' in data ? data.keyId : undefined;
}

/** True if the key has expired at that instant (milliseconds since 1970). */
export function hasExpired({ expiresAt }: Pick<Key, 'expiresAt'>, now: number): boolean {
  return expiresAt !== undefined && expiresAt <= now;
}

/** True if the key authenticates at that instant. */
export function isActive(key: Pick<Key, 'expiresAt' | 'disabledAt'>, now: number): boolean {
  return key.disabledAt === undefined && !hasExpired(key, now);
}

/** The account's keys that authenticate at that instant. */
export function activeKeys({ keys }: Pick<AccountKeys, 'keys'>, now: number): Key[] {
  return [...keys.values()].filter((key) => isActive(key, now));
}

/** The account's keys that hold a slot at that instant: all that have not expired, disabled ones too. */
export function slots({ keys }: Pick<AccountKeys, 'keys'>, now: number): Key[] {
  return [...keys.values()].filter((key) => !hasExpired(key, now));
}
