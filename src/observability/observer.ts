import { codeOf } from '../shared/error-code.js';

/** The outcome of a call. The set is fixed, since outcomes are label values. */
export type Outcome = 'ok' | 'failed' | Refusal;
type Refusal = (typeof OUTCOMES)[keyof typeof OUTCOMES];

/** A call that has begun. */
export interface Call {
  /** Runs the work as part of the call, so that calls made by the work belong to it. */
  within<T>(work: () => T): T;
  end(outcome: Outcome): void;
}

/** Called at the start of every call. The operation is a name from the program, never a caller's text. */
export type Observer = (operation: string) => Call;

/** The outcome for each error code. */
const OUTCOMES = {
  VERSION_CONFLICT: 'conflict',
  STORE_UNAVAILABLE: 'unavailable',
  OUTCOME_UNKNOWN: 'unknown',
  KEY_LIMIT_REACHED: 'limit_reached',
  KEY_NOT_FOUND: 'not_found',
  KEY_ALREADY_CREATED: 'already_created',
  KEY_DISABLED: 'disabled',
  ACCOUNT_FROZEN: 'frozen',
  ACCOUNT_NOT_FOUND: 'not_found',
  IDEMPOTENCY_KEY_USED: 'already_used',
  EXPIRY_IN_THE_PAST: 'bad_input',
  CLOCK_SKEW: 'clock_skew',
  ACCOUNT_UNREADABLE: 'unreadable',
} as const;

/** Every outcome of a call, once. */
export const OUTCOME_NAMES: readonly Outcome[] = [...new Set<Outcome>(['ok', 'failed', ...Object.values(OUTCOMES)])];

/** The outcome of a call that threw the error. Uses only the code, since the message may name an account. */
export function outcomeOf(error: unknown): Outcome {
  const code = codeOf(error);
  return isRefusal(code) ? OUTCOMES[code] : 'failed';
}

/** Runs the work and reports it to the observer. */
export async function observed<T>(observer: Observer, operation: string, work: () => Promise<T>): Promise<T> {
  const call = observer(operation);
  try {
    const result = await call.within(work);
    call.end('ok');
    return result;
  } catch (error) {
    call.end(outcomeOf(error));
    throw error;
  }
}

/** Combines two observers; the second may be undefined. */
export function both(first: Observer, second: Observer | undefined): Observer {
  if (!second) return first;
  return (operation) => {
    const outer = first(operation);
    const inner = second(operation);
    return {
      within: (work) => outer.within(() => inner.within(work)),
      end(outcome) {
        inner.end(outcome);
        outer.end(outcome);
      },
    };
  };
}

function isRefusal(code: unknown): code is keyof typeof OUTCOMES {
  return typeof code === 'string' && Object.hasOwn(OUTCOMES, code);
}
