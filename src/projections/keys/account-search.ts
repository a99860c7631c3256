import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AccountKeys } from '../../domain/keys/model.js';
import { NotCaughtUp } from '../engine/caught-up.js';
import type { Connection } from '../engine/connection.js';
import { KEYS } from '../engine/names.js';
import { parseKeys } from './key-rows.js';

/** How many accounts a search looks at before it yields to other work. */
const AT_ONCE = 500;

/** Greater than any account id. */
const AFTER_ALL = '\u007f';

/** A part of the accounts, in the order of their ids. Both bounds are exclusive; `backward` takes the last ones, in descending order. */
export interface AccountPart {
  after?: string | undefined;
  before?: string | undefined;
  limit: number;
  backward: boolean;
}

/** The part of an account's state that a search looks at. */
export type FoundAccount = Pick<AccountKeys, 'version' | 'at' | 'keys' | 'frozenAt'> & { accountId: string };

interface Row {
  account: string;
  version: number;
  at: number;
  keys: string;
  frozenAt: number | null;
}

const select = (order: string) => `
  SELECT account, version, at, keys, frozenAt FROM ${KEYS}_accounts
  WHERE account > @after AND account < @before AND account NOT IN (SELECT account FROM ${KEYS}_quarantine)
  ORDER BY account ${order} LIMIT ${AT_ONCE}`;

/** Finds accounts by what their keys are. Looks at every account in turn, and yields to other work in between. */
export class AccountSearch {
  readonly #read;

  constructor(database: Connection) {
    this.#read = {
      forward: database.prepare<{ after: string; before: string }, Row>(select('ASC')),
      backward: database.prepare<{ after: string; before: string }, Row>(select('DESC')),
    };
  }

  /**
   * The accounts that match. An account whose events cannot be read is left out.
   * @throws NotCaughtUp if the signal aborts first
   */
  async find(part: AccountPart, matches: (account: FoundAccount) => boolean, signal: AbortSignal): Promise<FoundAccount[]> {
    const found: FoundAccount[] = [];
    for (const rows of this.#batches(part)) {
      const matching = rows.map(toAccount).filter(matches);
      found.push(...matching.slice(0, part.limit - found.length));
      if (found.length === part.limit) break;
      await nextTurn();
      if (signal.aborted) throw new NotCaughtUp('The search takes longer than a request may. Ask for a smaller page.');
    }
    return found;
  }

  /** The accounts within the bounds, some at a time. */
  *#batches({ after = '', before = AFTER_ALL, backward }: AccountPart): Generator<Row[]> {
    const bounds = { after, before };
    for (;;) {
      const rows = this.#read[backward ? 'backward' : 'forward'].all(bounds);
      yield rows;
      const last = rows.at(-1);
      if (!last || rows.length < AT_ONCE) return;
      if (backward) bounds.before = last.account;
      else bounds.after = last.account;
    }
  }
}

function toAccount({ account, version, at, keys, frozenAt }: Row): FoundAccount {
  return { accountId: account, version, at, keys: parseKeys(keys), frozenAt: frozenAt ?? undefined };
}
