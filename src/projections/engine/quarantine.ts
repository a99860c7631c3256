import type { Database } from 'better-sqlite3';
import type { Pseudonyms } from '../../domain/analytics/pseudonyms.js';
import { StreamGap, UnreadableStream } from '../../domain/keys/refusals.js';
import { accountOf } from '../../store/codec.js';
import type { RecordedEvent } from '../../store/event-store.js';
import type { Unread } from './projection.js';

/** An account whose stream a projection cannot read on. */
export interface Quarantined {
  stream: string;
  /** Up to which version its events are in the tables. */
  version: number;
  /** The version of the last of its events that the projection was given: there the quarantine may end. */
  head: number;
  reason: string;
}

type Row = Quarantined & { account: string };

/** How a projection folds a stream on. */
export interface Fold {
  /** Up to which version the account's events are folded. */
  versionOf(account: string): number;
  /**
   * Takes the next event of its stream in.
   * @throws UnreadableStream where it cannot, having changed nothing
   */
  take(event: RecordedEvent): void;
  /** Told of an event that is not taken in because its account is in quarantine. */
  leaveOut?(event: RecordedEvent): void;
}

/**
 * The accounts whose streams a projection cannot read on, in a table of its own that belongs to it: what processes share is in
 * the file. Such an account stays as it was before the first event that cannot be read, until its stream can be read as far as
 * the projection has come; every other account goes on.
 */
export class Quarantine {
  readonly #pseudonyms: Pseudonyms | undefined;
  readonly #statements;

  /** @param pseudonyms with which accounts are disguised, where the file shall not tell who they are */
  constructor(database: Database, table: string, pseudonyms?: Pseudonyms) {
    database.exec(`CREATE TABLE IF NOT EXISTS ${table} (
      account TEXT PRIMARY KEY, stream TEXT NOT NULL, version INTEGER NOT NULL, head INTEGER NOT NULL, reason TEXT NOT NULL
    ) STRICT, WITHOUT ROWID`);
    this.#pseudonyms = pseudonyms;
    this.#statements = {
      any: database.prepare<[], number>(`SELECT 1 FROM ${table} LIMIT 1`).pluck(),
      all: database.prepare<[], Row>(`SELECT * FROM ${table} ORDER BY account`),
      find: database.prepare<[string], Row>(`SELECT * FROM ${table} WHERE account = ?`),
      add: database.prepare(`INSERT INTO ${table} VALUES (@account, @stream, @version, @head, @reason)`),
      raise: database.prepare(`UPDATE ${table} SET head = max(head, ?) WHERE account = ?`),
      fold: database.prepare(`UPDATE ${table} SET version = ? WHERE account = ?`),
      remove: database.prepare(`DELETE FROM ${table} WHERE account = ?`),
      clear: database.prepare(`DELETE FROM ${table}`),
    };
  }

  isEmpty(): boolean {
    return this.#statements.any.get() === undefined;
  }

  all(): Quarantined[] {
    return this.#statements.all.all().map((row) => this.#reveal(row));
  }

  find(account: string): Quarantined | undefined {
    const row = this.#statements.find.get(this.#disguise(account));
    return row && this.#reveal(row);
  }

  clear(): void {
    this.#statements.clear.run();
  }

  /** Takes events in, and sets the accounts apart whose streams cannot be read on. @returns the events at which that began */
  guard(events: RecordedEvent[], fold: Fold): Unread[] {
    const unread: Unread[] = [];
    let isEmpty = this.isEmpty();
    for (const event of events) {
      const account = accountOf(event.stream);
      if (!isEmpty && this.#raise(account, event.version)) {
        fold.leaveOut?.(event);
        continue;
      }
      const fault = faultOf(event, fold);
      if (!fault) continue;
      this.#add(event, fold, fault);
      fold.leaveOut?.(event);
      unread.push({ event, reason: fault.message });
      isEmpty = false;
    }
    return unread;
  }

  /** Likewise, but nothing is taken in any more from the first event that cannot be read on, of whatever account. */
  guardAll(events: RecordedEvent[], fold: Fold): Unread[] {
    if (!this.isEmpty()) return [];
    for (const event of events) {
      const fault = faultOf(event, fold);
      if (!fault) continue;
      this.#add(event, fold, fault);
      return [{ event, reason: fault.message }];
    }
    return [];
  }

  /**
   * Takes further events of an account in quarantine in, which adjoin what is folded of it.
   * @returns whether that was all that the projection had been given of it: then the quarantine is over
   * @throws UnreadableStream where they cannot be read
   */
  mend(account: string, events: RecordedEvent[], fold: Fold): boolean {
    const held = this.find(account);
    if (!held) return true;
    for (const event of events) {
      if (event.version <= held.version || event.version > held.head) continue;
      const fault = faultOf(event, fold);
      if (fault) throw fault;
    }
    const version = fold.versionOf(account);
    if (version < held.head) this.#statements.fold.run(version, this.#disguise(account));
    else this.#statements.remove.run(this.#disguise(account));
    return version >= held.head;
  }

  /** Whether the account is in quarantine; if so, notes that the projection was given its events up to that version. */
  #raise(account: string, version: number): boolean {
    return this.#statements.raise.run(version, this.#disguise(account)).changes > 0;
  }

  #add({ stream, version: head }: RecordedEvent, { versionOf }: Fold, { message }: UnreadableStream): void {
    const account = accountOf(stream);
    const seal = (text: string) => this.#pseudonyms?.sealAlike(text) ?? text;
    this.#statements.add.run({
      account: this.#disguise(account),
      stream: seal(stream),
      version: versionOf(account),
      head,
      reason: seal(message),
    });
  }

  #disguise(account: string): string {
    return this.#pseudonyms?.ofAccount(account) ?? account;
  }

  #reveal({ stream, version, head, reason }: Row): Quarantined {
    const unseal = (text: string) => this.#pseudonyms?.unseal(text) ?? text;
    return { stream: unseal(stream), version, head, reason: unseal(reason) };
  }
}

function faultOf(event: RecordedEvent, { versionOf, take }: Fold): UnreadableStream | undefined {
  const due = versionOf(accountOf(event.stream)) + 1;
  if (event.version !== due) return new StreamGap(due, event.version);
  try {
    take(event);
    return undefined;
  } catch (error) {
    if (error instanceof UnreadableStream) return error;
    throw error;
  }
}
