import { DAY } from '../../domain/usage/key-usage.js';
import type { DemoAccount } from './demo-account.js';
import type { DemoLedger } from './demo-ledger.js';
import { happenings } from './generated-life.js';

/** The past that a demo simulates, day by day, and its clock. */
export class DemoPast {
  readonly #start: number;
  #now: number;
  readonly clock = () => this.#now;

  /** @param start in milliseconds since 1970 */
  constructor(start: number) {
    this.#start = start;
    this.#now = start;
  }

  /**
   * Simulates a day of the accounts, and writes the counts.
   * @returns how many commands were given
   */
  async day(accounts: DemoAccount[], ledger: DemoLedger, random: () => number, day: number, end: number): Promise<number> {
    const dayStart = this.#start + day * DAY;
    const plans = accounts
      .filter(({ habits }) => habits.joins <= day)
      .flatMap((account) =>
        happenings(account.habits, account.keys, dayStart, random).map((happening) => ({ account, ...happening })),
      )
      .filter(({ at }) => at < end)
      .sort((a, b) => a.at - b.at);
    let commands = 0;
    for (const { account, at, deed, keyId } of plans) {
      this.#now = at;
      if (typeof deed === 'object') {
        account.use(ledger, keyId ?? '', deed.uses, at);
      } else {
        await account.perform(ledger, deed, keyId, at);
        commands += 1;
      }
    }
    await ledger.writeCounts();
    return commands;
  }

  /**
   * Lets the accounts that have had no key so far create one, spread over the time that is left: some join on the last days, and not every
   * day is one on which keys are made.
   * @returns how many commands were given
   */
  async latecomers(accounts: DemoAccount[], ledger: DemoLedger, end: number): Promise<number> {
    const late = accounts.filter(({ hadKeys }) => !hadKeys);
    const wait = (end - this.#now) / (late.length + 1);
    const start = this.#now;
    for (const [index, account] of late.entries()) {
      this.#now = Math.floor(start + wait * (index + 1));
      await account.perform(ledger, 'create', undefined, this.#now);
    }
    return late.length;
  }
}
