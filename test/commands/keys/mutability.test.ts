import { type MutabilityOptions, refusalOfMutations } from '../../../src/commands/keys/mutability.js';
import { type ErrorCode, errorCodeOf } from '../../../src/shared/error-codes.js';
import { LogMismatch } from '../../../src/store/event-store.js';

/** What is known of a process whose commands are possible, except for the given. */
function refusal(given: Partial<MutabilityOptions> = {}): ErrorCode | undefined {
  return refusalOfMutations({
    requireReady: () => {},
    clockGuard: { isSkewed: () => false },
    store: { isSealed: () => false },
    storeFailures: [() => undefined, () => undefined],
    ...given,
  });
}

const failingWith = (...codes: (ErrorCode | undefined)[]) => ({ storeFailures: codes.map((code) => () => code) });

it.each<[what: string, given: Partial<MutabilityOptions>]>([
  ['nothing is wrong', {}],
  ['the store has no server and no log that is ever moved', { clockGuard: undefined, store: {} }],
  ['only the tables cannot be filled', failingWith('INTERNAL_SERVER_ERROR', undefined)],
])('commands are possible where %s', (_what, given) => {
  expect(refusal(given)).toBeUndefined();
});

it.each<[code: ErrorCode, what: string, given: Partial<MutabilityOptions>]>([
  ['CLOCK_SKEW', 'the clock is known to be wrong', { clockGuard: { isSkewed: () => true } }],
  ['LOG_SEALED', 'the log was moved', { store: { isSealed: () => true } }],
  ['LOG_SEALED', 'the last append found the log sealed', failingWith(undefined, 'LOG_SEALED')],
  ['STORE_UNAVAILABLE', 'the store does not answer its followers', failingWith('STORE_UNAVAILABLE', undefined)],
  ['OUTCOME_UNKNOWN', 'the store did not answer the last append', failingWith(undefined, 'OUTCOME_UNKNOWN')],
  ['STORE_UNAVAILABLE', 'the tables cannot be filled either', failingWith('INTERNAL_SERVER_ERROR', 'STORE_UNAVAILABLE')],
])('says %s where %s', (code, _what, given) => {
  expect(refusal(given)).toBe(code);
});

it('says why every command is refused, whatever the store answers', () => {
  const mismatch = new LogMismatch();
  const requireReady = () => {
    throw mismatch;
  };
  expect(refusal({ requireReady, ...failingWith('STORE_UNAVAILABLE') })).toBe(errorCodeOf(mismatch));
});

it('never throws: an error that is not meant for clients counts as a store that does not answer', () => {
  const isSealed = () => {
    throw new Error('database is locked');
  };
  expect(refusal({ store: { isSealed } })).toBe('STORE_UNAVAILABLE');
});
