import { NotCaughtUp } from '../../src/projections/engine/caught-up.js';
import { NoSuchVersion } from '../../src/projections/keys/account-versions.js';
import type { Answers } from './answers.js';
import type { Ledger } from './ledger.js';
import type { Operation } from './plan.js';
import type { Parts, SimulatedProcess } from './process.js';
import { Violation } from './violation.js';

export interface ReadsOptions {
  now: () => number;
  ledger: Ledger;
  answers: Answers;
}

/** Clients that read accounts as the query `account` does, with the version that an earlier answer of any process has shown. */
export class Reads {
  readonly #options: ReadsOptions;
  /** By account: the latest version that a client was shown. */
  readonly #shown = new Map<string, number>();

  constructor(options: ReadsOptions) {
    this.#options = options;
  }

  /** A client was shown that version. */
  show(account: string, version: number): void {
    this.#shown.set(account, Math.max(version, this.#shown.get(account) ?? 0));
  }

  /**
   * Reads the account, with the version that was shown last, without one, or with the one after it. Resolves with the answer's name.
   * @throws Violation
   */
  async read({ account, target }: Operation, { config: { deadline } }: SimulatedProcess, parts: Parts): Promise<string> {
    const { now, answers } = this.#options;
    const shown = this.#shown.get(account) ?? 0;
    const minVersion = [shown, 0, shown + 1][target] ?? shown;
    const since = now();
    try {
      if (minVersion > 0) await parts.read.versions.reached(account, minVersion, AbortSignal.timeout(deadline));
    } catch (error) {
      return this.#failed(error, account, minVersion, since, deadline);
    }
    const { version } = answers.held(account, parts);
    if (version < minVersion)
      throw new Violation('a read includes the version that it names', `${account} at ${version} instead of ${minVersion}`);
    this.show(account, version);
    return 'done';
  }

  #failed(error: unknown, account: string, minVersion: number, since: number, deadline: number): string {
    const { now, ledger } = this.#options;
    if (error instanceof NoSuchVersion) {
      if (ledger.versionAt(account, since) >= minVersion)
        throw new Violation('a read finds the version that it names', `${account} has version ${minVersion}`);
      return 'no such version';
    }
    if (!(error instanceof NotCaughtUp)) throw new Violation('no other error', `a read of ${account}: ${String(error)}`);
    if (now() - since < deadline - 1)
      throw new Violation('a read waits for the version that it names', `${account} at ${minVersion}: ${now() - since} ms`);
    return error.code;
  }
}
