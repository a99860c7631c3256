import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Account } from './account.js';
import type { Call } from './history.js';

/** How many clients use an account at once. */
const CLIENTS = 3;
/** How many calls an account gets from them, about. Short histories are quick to check. */
const CALLS = 60;
/** How many of the latest accounts have their keys verified further: until well after the staleness bound. */
const REMEMBERED = 30;
/** How long a client waits before a call, at most, in milliseconds. */
const REST = 60;
/** How long it waits after a call to which the process had no answer, in milliseconds. */
const LONG_REST = 500;

export interface LoadOptions {
  targets: readonly { url: string }[];
  /** Makes a name and a token for a new account. */
  newAccount: () => Promise<{ name: string; token: string }>;
}

/**
 * Clients that make random calls of random processes, on one account after another. Each account in use has a further client, which verifies
 * keys of the latest accounts.
 */
export class Load {
  readonly accounts: Account[] = [];
  readonly #options: LoadOptions;
  readonly #clients: Promise<void>[];
  #isOver = false;

  /** @param accounts how many accounts are used at a time */
  constructor(accounts: number, options: LoadOptions) {
    this.#options = options;
    this.#clients = Array.from({ length: accounts }, () => [this.#use(), this.#verify()]).flat();
  }

  get calls(): Call[] {
    return this.accounts.flatMap(({ calls }) => calls);
  }

  /** Waits until each process has answered a change that was asked for after this moment. Resolves with how long that took, in milliseconds. */
  async untilServed(): Promise<number> {
    const since = performance.now();
    const create = async (process: number) => {
      const account = await this.#newAccount();
      while (!isAnswered(await account.create(process))) await delay(LONG_REST);
    };
    await Promise.all([...this.#options.targets.keys()].map(create));
    return performance.now() - since;
  }

  /** Makes no further call. Then reads each account by each process, once they serve. */
  async end(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#clients);
    for (const account of this.accounts) {
      for (const process of this.#options.targets.keys()) while (!isAnswered(await account.read(process))) await delay(REST);
    }
  }

  async #use(): Promise<void> {
    while (!this.#isOver) {
      const account = await this.#newAccount();
      await Promise.all(Array.from({ length: CLIENTS }, () => this.#call(account)));
    }
  }

  async #call(account: Account): Promise<void> {
    while (!this.#isOver && account.calls.length < CALLS) {
      await delay(randomInt(REST));
      const call = await account.call(this.#anyProcess());
      if (call && !isAnswered(call)) await delay(LONG_REST);
    }
  }

  async #verify(): Promise<void> {
    while (!this.#isOver) {
      await delay(randomInt(REST));
      const latest = this.accounts.slice(-REMEMBERED);
      await latest[randomInt(Math.max(1, latest.length))]?.verify(this.#anyProcess());
    }
  }

  #anyProcess(): number {
    return randomInt(this.#options.targets.length);
  }

  async #newAccount(): Promise<Account> {
    const { name, token } = await this.#options.newAccount();
    const account = new Account(name, token, this.#options.targets);
    this.accounts.push(account);
    return account;
  }
}

function isAnswered({ outcome }: Call): boolean {
  return outcome !== 'unknown' && outcome !== 'unavailable' && outcome !== 'unchanged';
}
