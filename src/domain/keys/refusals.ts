import type { Key, KeyCommand } from './model.js';

/** The maximum number of keys that an account holds at a time. */
export const KEY_LIMIT = 2;

/** The account is at its key limit. */
export class KeyLimitReached extends Error {
  readonly code = 'KEY_LIMIT_REACHED';
  readonly keyLimit = KEY_LIMIT;
  constructor() {
    super(`This account holds ${KEY_LIMIT} keys, and no more are allowed. Delete one, then try again. Disabled keys count.`);
  }
}

/** The account does not have this key, or no longer has it. */
export class KeyNotFound extends Error {
  readonly code = 'KEY_NOT_FOUND';
  constructor() {
    super('This account has no such key. It may have been deleted already.');
  }
}

/** The key is disabled, and stays as it is until it is enabled. */
export class KeyIsDisabled extends Error {
  readonly code = 'KEY_DISABLED';
  constructor() {
    super('This key is disabled. Enable it, then try again.');
  }
}

/** An operator has frozen the account: no key is created, rotated or enabled until it is thawed. */
export class AccountIsFrozen extends Error {
  readonly code = 'ACCOUNT_FROZEN';
  constructor() {
    super(
      'An operator has frozen this account. No key can be created, rotated or enabled until it is thawed. Ask the operator.',
    );
  }
}

/** No account of that id has ever held a key. */
export class AccountNotFound extends Error {
  readonly code = 'ACCOUNT_NOT_FOUND';
  constructor() {
    super('No account of that id has ever held a key. Check the id.');
  }
}

/** The idempotency key was used before, for something else. */
export class IdempotencyKeyUsed extends Error {
  readonly code = 'IDEMPOTENCY_KEY_USED';
  constructor() {
    super('This idempotencyKey was used before, with another input. Use a new idempotencyKey for each new request.');
  }
}

/** The idempotency key was used before. The secret was shown then and is never shown again. */
export class KeyAlreadyCreated extends Error {
  readonly code = 'KEY_ALREADY_CREATED';
  constructor(
    readonly keyId: string,
    readonly existingKey: Key | undefined,
    /** True if the input was the same. */
    readonly sameInput: boolean,
    /** The version of the account's stream for which this holds. */
    readonly version: number,
  ) {
    super(
      sameInput
        ? 'This idempotencyKey has created a key before. Its secret cannot be shown again. Use a new idempotencyKey for a new key.'
        : 'This idempotencyKey was used before, with another input. Use a new idempotencyKey for each new key.',
    );
  }
}

/** The expiry that was asked for is in the past. */
export class ExpiryInThePast extends Error {
  readonly code = 'EXPIRY_IN_THE_PAST';
  constructor() {
    super('must be in the future');
  }
}

const RESTING_ON_STATE = [
  KeyLimitReached,
  KeyNotFound,
  KeyAlreadyCreated,
  KeyIsDisabled,
  IdempotencyKeyUsed,
  AccountIsFrozen,
  AccountNotFound,
];

/**
 * True if the refusal depends on the account's state, so an event that the state lacks could change it. An expiry in the past does not
 * depend on it, except that a repeated request must first be answered as a repetition.
 */
export function restsOnState(error: unknown, command: KeyCommand): boolean {
  if (error instanceof ExpiryInThePast) return 'idempotencyKey' in command && command.idempotencyKey !== undefined;
  return RESTING_ON_STATE.some((refusal) => error instanceof refusal);
}

/** The account's events cannot be read, so its state is unknown. Nothing was changed. */
export class AccountUnreadable extends Error {
  readonly code = 'ACCOUNT_UNREADABLE';
  constructor(options?: ErrorOptions) {
    super(
      "The events of this account cannot be read. Until they can, no key can be created or deleted, and its keys may be refused. The server's log says what is wrong.",
      options,
    );
  }
}

/** A stream has an event that cannot be understood, or lacks one. Nothing after it can be trusted. */
export class UnreadableStream extends Error {}

/** The stream lacks an event, or repeats one. */
export class StreamGap extends UnreadableStream {
  constructor(expected: number, actual: number) {
    super(
      `The next event of the account should have version ${expected}, but has version ${actual}. Events are missing from the store: restore them.`,
    );
  }
}

/**
 * Checks that the event is the next of a stream at that version.
 * @throws StreamGap
 */
export function requireNext(version: number, event: { version: number }): void {
  if (event.version !== version + 1) throw new StreamGap(version + 1, event.version);
}
