import type { KeyCommand } from '../../../src/domain/keys/model.js';
import {
  AccountIsFrozen,
  AccountNotFound,
  AccountUnreadable,
  ExpiryInThePast,
  IdempotencyKeyUsed,
  KeyAlreadyCreated,
  KeyIsDisabled,
  KeyLimitReached,
  KeyNotFound,
  restsOnState,
} from '../../../src/domain/keys/refusals.js';
import { create, id, remove, START } from '../../support/specification.js';

const repeated = (sameInput: boolean) => new KeyAlreadyCreated(id('a'), undefined, sameInput, 1);

it.each<[code: string, message: string, refuse: () => Error & { code: string }]>([
  [
    'KEY_LIMIT_REACHED',
    'This account holds 2 keys, and no more are allowed. Delete one, then try again. Disabled keys count.',
    () => new KeyLimitReached(),
  ],
  ['KEY_NOT_FOUND', 'This account has no such key. It may have been deleted already.', () => new KeyNotFound()],
  ['KEY_DISABLED', 'This key is disabled. Enable it, then try again.', () => new KeyIsDisabled()],
  [
    'ACCOUNT_FROZEN',
    'An operator has frozen this account. No key can be created, rotated or enabled until it is thawed. Ask the operator.',
    () => new AccountIsFrozen(),
  ],
  ['ACCOUNT_NOT_FOUND', 'No account of that id has ever held a key. Check the id.', () => new AccountNotFound()],
  [
    'IDEMPOTENCY_KEY_USED',
    'This idempotencyKey was used before, with another input. Use a new idempotencyKey for each new request.',
    () => new IdempotencyKeyUsed(),
  ],
  [
    'KEY_ALREADY_CREATED',
    'This idempotencyKey has created a key before. Its secret cannot be shown again. Use a new idempotencyKey for a new key.',
    () => repeated(true),
  ],
  [
    'KEY_ALREADY_CREATED',
    'This idempotencyKey was used before, with another input. Use a new idempotencyKey for each new key.',
    () => repeated(false),
  ],
  ['EXPIRY_IN_THE_PAST', 'must be in the future', () => new ExpiryInThePast()],
  [
    'ACCOUNT_UNREADABLE',
    "The events of this account cannot be read. Until they can, no key can be created or deleted, and its keys may be refused. The server's log says what is wrong.",
    () => new AccountUnreadable(),
  ],
])('%s reads: %s', (code, message, refuse) => {
  const refusal = refuse();
  expect({ code: refusal.code, message: refusal.message }).toEqual({ code, message });
});

const expiring = (idempotencyKey?: string) => ({ ...create('a', { expiresAt: START }), idempotencyKey });

it.each<[what: string, error: unknown, command: KeyCommand]>([
  ['the limit', new KeyLimitReached(), create('a')],
  ['a key that is gone', new KeyNotFound(), remove('a')],
  ['a disabled key', new KeyIsDisabled(), create('a')],
  ['a frozen account', new AccountIsFrozen(), create('a')],
  ['an unknown account', new AccountNotFound(), remove('a')],
  ['a repeated request', repeated(true), create('a')],
  ['an idempotency key of another request', new IdempotencyKeyUsed(), create('a')],
  ['an expiry in the past with an idempotency key', new ExpiryInThePast(), expiring('r')],
])('an event that the state lacks could change a refusal for %s', (_what, error, command) => {
  expect(restsOnState(error, command)).toBe(true);
});

it.each<[what: string, error: unknown, command: KeyCommand]>([
  ['an expiry in the past without an idempotency key', new ExpiryInThePast(), create('a', { expiresAt: START })],
  ['an expiry in the past with an idempotency key that is undefined', new ExpiryInThePast(), expiring()],
  ['an unreadable account', new AccountUnreadable(), create('a')],
  ['a fault', new Error('a fault'), create('a', { idempotencyKey: 'r' })],
])('no event changes a refusal for %s', (_what, error, command) => {
  expect(restsOnState(error, command)).toBe(false);
});
