import { isDeepStrictEqual } from 'node:util';
import { decide } from '../../src/domain/keys/decide.js';
import type { AccountKeys, Key, KeyCommand } from '../../src/domain/keys/model.js';
import type { Verified } from '../../src/projections/keys/verification.js';
import type { Ledger } from './ledger.js';
import type { Parts } from './process.js';
import type { Readings } from './process-clock.js';
import type { Request } from './requests.js';
import { Violation } from './violation.js';

/** Errors that say that nothing was changed, now or later. */
const NOTHING_CHANGED = ['STORE_UNAVAILABLE', 'CLOCK_SKEW', 'NOT_READY'];

/** Refusals: they depend on the account. */
const REFUSALS = [
  'KEY_LIMIT_REACHED',
  'KEY_NOT_FOUND',
  'KEY_ALREADY_CREATED',
  'KEY_DISABLED',
  'ACCOUNT_FROZEN',
  'ACCOUNT_NOT_FOUND',
  'IDEMPOTENCY_KEY_USED',
  'EXPIRY_IN_THE_PAST',
];

/** A key whose secret a client was shown. */
export interface ShownKey {
  account: string;
  keyId: string;
  secret: string;
}

/** A request that has been answered, or not: from and to which version the account went meanwhile. */
interface Span {
  from: number;
  to: number;
}

/** Checks what processes answer against the log. */
export class Answers {
  readonly #ledger: Ledger;
  readonly #secrets = new Set<string>();
  /** By process and account: the version that it has acknowledged, also before it died. */
  readonly #acknowledged = new Map<string, number>();

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** A change was answered with success. */
  succeeded(request: Request, command: KeyCommand | undefined, state: AccountKeys | undefined, span: Span): void {
    request.effect = 'done';
    const { account, process } = request.operation;
    const isMade = this.#ledger.holds(request);
    if (!isMade && command && !this.#couldBe(request, command, span, (events) => events?.length === 0))
      throw new Violation('an acknowledged change is in the log', `${request.correlationId}, ${command.type} of ${account}`);
    if (!state) return;
    requireSame(this.#ledger.state(account, state.version), state, `the answer to ${request.correlationId}`);
    this.#acknowledge(process, account, state.version);
  }

  /** A leak report was answered with success: the key is deleted, and the process knows it. */
  reported(process: number, account: string, keyId: string): void {
    const version = this.#ledger.endOf(account, keyId);
    if (version === undefined) throw new Violation('a leaked key is deleted when the report is answered', keyId);
    this.#acknowledge(process, account, version);
  }

  /** A client was shown a secret. */
  shown({ account, keyId, secret }: ShownKey, version: number): void {
    if (this.#secrets.has(secret)) throw new Violation('no secret twice', keyId);
    this.#secrets.add(secret);
    if (!this.#ledger.state(account, version).issued.has(keyId))
      throw new Violation('an acknowledged change is in the log', `the key ${keyId} of ${account}`);
  }

  /** A change was answered with an error. */
  failed(request: Request, command: KeyCommand | undefined, error: unknown, span: Span): void {
    const code = codeOf(error);
    if (code === 'OUTCOME_UNKNOWN') return;
    const isRefusal = REFUSALS.includes(code);
    if (!isRefusal && !NOTHING_CHANGED.includes(code))
      throw new Violation('no other error', `${request.correlationId}: ${String(error)}`);
    request.effect = 'nothing';
    if (this.#ledger.holds(request))
      throw new Violation('a request that was refused or failed changes nothing', `${request.correlationId}: ${code}`);
    if (isRefusal && command && !this.#couldBe(request, command, span, (_, refusal) => codeOf(refusal) === code))
      throw new Violation('a refusal is true at the head of the log', `${request.correlationId}: ${code}`);
  }

  /**
   * A key was verified: the answer must be right for the account as readers saw it at some moment since `since`, and not older than what
   * this process has acknowledged.
   */
  verified({ account, keyId }: ShownKey, answer: Verified | undefined, process: number, since: number, clock: Readings): void {
    const head = this.#ledger.head(account);
    const seen = this.#ledger.versionAt(account, since);
    const from = answer ? Math.max(seen, this.#acknowledged.get(`${process} ${account}`) ?? 0) : seen;
    const states = this.#ledger.states(account, from, head);
    const could = (isAccepted: boolean) =>
      states.some((state) => authenticates(state.keys.get(keyId), clock.least) === isAccepted);
    if (!could(answer !== undefined)) {
      const invariant = answer ? 'no key is accepted after its end' : 'no key is refused before its end';
      throw new Violation(invariant, `${keyId} of ${account} by process ${process}, at versions ${from} to ${head}`);
    }
    if (answer && answer.account !== account) throw new Violation('a key belongs to its account', keyId);
  }

  /** What a process holds of an account: it must be what the log says at that version. */
  held(account: string, { read }: Parts): AccountKeys {
    const held = read.projections.keys.load(account);
    requireSame(this.#ledger.state(account, held.version), held, `the tables of ${account} at version ${held.version}`);
    return held;
  }

  #acknowledge(process: number, account: string, version: number): void {
    const name = `${process} ${account}`;
    this.#acknowledged.set(name, Math.max(version, this.#acknowledged.get(name) ?? 0));
  }

  #couldBe(
    { operation, readings }: Request,
    command: KeyCommand,
    { from, to }: Span,
    fits: (events: unknown[] | undefined, refusal: unknown) => boolean,
  ): boolean {
    const times = [readings.least, readings.most];
    return this.#ledger.states(operation.account, from, to).some((state) =>
      times.some((now) => {
        try {
          return fits(decide(state, command, now), undefined);
        } catch (refusal) {
          return fits(undefined, refusal);
        }
      }),
    );
  }
}

/** The code of a refusal or of another error; empty if it has none. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function authenticates(key: Key | undefined, now: number): boolean {
  return key !== undefined && key.disabledAt === undefined && (key.expiresAt === undefined || now < key.expiresAt);
}

function requireSame(expected: AccountKeys, actual: AccountKeys, what: string): void {
  const plain = ({ version, at, keys, frozenAt }: AccountKeys) =>
    JSON.parse(JSON.stringify({ version, at, frozenAt, keys: [...keys.values()] }));
  if (isDeepStrictEqual(plain(expected), plain(actual))) return;
  const details = `${what}: ${JSON.stringify(plain(actual))} instead of ${JSON.stringify(plain(expected))}`;
  throw new Violation('what a process holds is a fold of the log', details);
}
