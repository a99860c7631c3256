import { readdirSync } from 'node:fs';
import type { Config } from '../../config.js';
import { KeyLimitReached } from '../../domain/keys/refusals.js';
import { DAY, dayOf } from '../../domain/usage/key-usage.js';
import { createLog } from '../../observability/log.js';
import type { Clock } from '../../shared/clock.js';
import { countOf } from '../../shared/count-of.js';
import { makeDirectory } from '../../shared/make-directory.js';
import { openStore } from '../../store/open.js';
import { type DemoLedger, demoCaller, openDemoLedger } from '../demo/demo-ledger.js';
import { type Deed, type DemoKey, type Habits, habits, happenings, randomNumbers } from '../demo/generated-life.js';
import { print } from '../output/output.js';
import { Progress } from '../output/progress.js';
import { WrongUsage } from '../output/wrong-usage.js';

/** The seed of the random numbers. Two demos of the same size differ only in ids and secrets. */
const SEED = 1;

const NAMES = ['production', 'staging', 'ci', 'backup', 'reports', 'mobile app'];

export interface DemoOptions {
  accounts: number;
  days: number;
  /** The present, at which the demo ends. */
  clock?: Clock;
}

/**
 * Runs a plausible past through the server's commands, with a clock that moves from `days` days ago to the present. The data directory
 * must be missing or empty.
 * @throws WrongUsage
 */
export async function demo(config: Config, { accounts: count, days, clock: present = Date.now }: DemoOptions): Promise<void> {
  const { dataDirectory, store: location } = config;
  if (location.kind !== 'sqlite') throw new WrongUsage('A demo needs SQLite. Set KEYLEDGER_STORE to `sqlite:`.');
  makeDirectory(dataDirectory);
  if (readdirSync(dataDirectory).length > 0) {
    throw new WrongUsage(
      `${dataDirectory} is not empty. A demo needs a directory of its own: set KEYLEDGER_DATA to a new one.`,
    );
  }
  const store = await openStore(location);
  const [end, progress] = [present(), new Progress({ total: days })];
  const past = new DemoPast(Date.parse(dayOf(end)) - (days - 1) * DAY);
  const ledger = await openDemoLedger({ store, dataDirectory, clock: past.clock, log: createLog(config.logLevel) });
  try {
    const random = randomNumbers(SEED);
    const accounts = Array.from({ length: count }, (_, index) => new DemoAccount(`demo-${index + 1}`, habits(random, days)));
    for (let day = 0; day < days; day += 1) progress.add(await past.day(accounts, ledger, random, day, end), day + 1);
    progress.add(await past.latecomers(accounts, ledger, end), days);
    progress.end();
  } finally {
    await ledger.close();
    await store.close();
  }
  await print(
    `${dataDirectory} now holds a history of ${countOf(days, 'day')} with ${countOf(count, 'account')}. Start the server to look at it.\n`,
  );
}

/** The clock of the demo. */
class DemoPast {
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

class DemoAccount {
  /** The keys that it holds, with their secrets, so that one can leak. */
  readonly keys: (DemoKey & { secret: string })[] = [];
  #made = 0;

  constructor(
    readonly account: string,
    readonly habits: Habits,
  ) {}

  get hadKeys(): boolean {
    return this.#made > 0;
  }

  /** Uses the key that many times, if it still authenticates. */
  use({ uses }: DemoLedger, keyId: string, times: number, at: number): void {
    const key = this.keys.find((one) => one.keyId === keyId);
    if (!key || key.disabled || (key.expiresAt !== undefined && key.expiresAt <= at)) return;
    for (let time = 0; time < times; time += 1) uses.record({ keyId, at });
  }

  /** Runs the command. A refusal by the limit is part of the demo. */
  async perform(ledger: DemoLedger, deed: Deed, keyId: string | undefined, at: number): Promise<void> {
    try {
      await this.#perform(ledger, deed, keyId ?? '', at);
    } catch (error) {
      if (!(error instanceof KeyLimitReached)) throw error;
    }
  }

  async #perform({ commands }: DemoLedger, deed: Deed, keyId: string, at: number): Promise<void> {
    const caller = demoCaller(this.account);
    const old = this.keys.find((key) => key.keyId === keyId);
    switch (deed) {
      case 'create':
      case 'createAgain': {
        const { lifetime } = this.habits;
        const expiresAt = lifetime === undefined ? undefined : new Date(at + lifetime * DAY).toISOString();
        const name = NAMES[this.#made % NAMES.length] ?? 'key';
        return this.#keep(await commands.create(caller, { name, scopes: ['read'], expiresAt }));
      }
      case 'rotate': {
        if (!old) return;
        return this.#keep(await commands.rotate(caller, { keyId, overlap: this.habits.overlap }), old);
      }
      case 'delete':
        if (old) await commands.delete(caller, keyId);
        return this.#forget(keyId);
      case 'disable':
      case 'enable':
        if (!old) return;
        old.disabled = deed === 'disable';
        await commands.change(caller, { type: deed === 'disable' ? 'DisableKey' : 'EnableKey', keyId });
        return;
      case 'leak':
        if (old) await commands.reportLeak({ ...caller, secrets: [old.secret] });
        return this.#forget(keyId);
    }
  }

  /** Adds the new key, and updates the held keys: expired ones may be gone. */
  #keep({ key, secret, account }: Awaited<ReturnType<DemoLedger['commands']['create']>>, replaced?: DemoKey): void {
    this.#made += 1;
    if (replaced) replaced.replaced = true;
    const held = this.keys.filter(({ keyId }) => account.keys.has(keyId));
    for (const one of held) one.expiresAt = account.keys.get(one.keyId)?.expiresAt;
    const { keyId, createdAt, expiresAt } = key;
    this.keys.splice(0, this.keys.length, ...held, { keyId, createdAt, expiresAt, secret });
  }

  #forget(keyId: string): void {
    const held = this.keys.filter((key) => key.keyId !== keyId);
    this.keys.splice(0, this.keys.length, ...held);
  }
}
