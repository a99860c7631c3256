import type { Key, KeyCommand } from './model.js';

/** The most keys that an account holds at a time. */
export const KEY_LIMIT = 2;

/** The limit allows no further key. */
export class KeyLimitReached extends Error {
  readonly code = 'KEY_LIMIT_REACHED';
  readonly keyLimit = KEY_LIMIT;
  constructor() {
    super(`This account holds ${KEY_LIMIT} active keys, and no more are allowed. Delete one, then try again.`);
  }
}

/** The account has no such key, or has it no longer. */
export class KeyNotFound extends Error {
  readonly code = 'KEY_NOT_FOUND';
  constructor() {
    super('This account has no such key. It may have been deleted already.');
  }
}

/** The idempotency key was used before. The secret was shown then, and is never shown again. */
export class KeyAlreadyCreated extends Error {
  readonly code = 'KEY_ALREADY_CREATED';
  constructor(
    readonly keyId: string,
    readonly existingKey: Key | undefined,
    /** Whether the same was asked for then. */
    readonly sameInput: boolean,
    /** The version of the account's stream of which this is true. */
    readonly version: number,
  ) {
    super(
      sameInput
        ? 'This idempotencyKey has created a key before, whose secret cannot be shown again. Use a new idempotencyKey.'
        : 'This idempotencyKey has created a key before, from another input. Use a new idempotencyKey for each new key.',
    );
  }
}

/** A key should expire in the past. */
export class ExpiryInThePast extends Error {
  readonly code = 'EXPIRY_IN_THE_PAST';
  constructor() {
    super('must be in the future');
  }
}

/**
 * Whether the error is a refusal that an event could change which the state lacked. An expiry in the past is in the past
 * whatever the account holds; but a repeated request is told that it is one before anything else.
 */
export function restsOnState(error: unknown, command: KeyCommand): boolean {
  if (error instanceof ExpiryInThePast) return command.type !== 'DeleteKey' && command.idempotencyKey !== undefined;
  return [KeyLimitReached, KeyNotFound, KeyAlreadyCreated].some((refusal) => error instanceof refusal);
}

/** The events of the account cannot be read, so that nobody can tell what it holds. Nothing was changed. */
export class AccountUnreadable extends Error {
  readonly code = 'ACCOUNT_UNREADABLE';
  constructor(options?: ErrorOptions) {
    super(
      "The events of this account cannot be read. Until they can, its keys are refused, and none can be made or deleted. The server's log says what is wrong with them.",
      options,
    );
  }
}

/** A stream holds something that cannot be understood, or lacks something: nothing that follows from it can be trusted. */
export class UnreadableStream extends Error {}

/** The stream lacks an event, or repeats one. */
export class StreamGap extends UnreadableStream {
  constructor(expected: number, actual: number) {
    super(
      `The account's stream should go on with version ${expected}, and goes on with ${actual}. Events are missing from the store: restore them.`,
    );
  }
}

/**
 * Holds the event to be the next of a stream that is at that version.
 * @throws StreamGap
 */
export function requireNext(version: number, event: { version: number }): void {
  if (event.version !== version + 1) throw new StreamGap(version + 1, event.version);
}
