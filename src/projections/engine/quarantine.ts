import type { Pseudonyms } from '../../domain/analytics/pseudonyms.js';
import { StreamGap, UnreadableStream } from '../../domain/keys/refusals.js';
import type { RecordedEvent } from '../../store/event-store.js';
import { accountOf } from '../../store/streams.js';
import type { Connection } from './connection.js';
import type { Unread } from './projection.js';

/** An account in whose stream a projection cannot read on. */
export interface Quarantined {
  stream: string;
  /** The version up to which its events are in the tables. */
  version: number;
  /** The version of its last event that the projection was given. The quarantine may end there. */
  head: number;
  reason: string;
}

type Row = Quarantined & { account: string };

/** How a projection folds a stream. */
export interface Fold {
  /** The version up to which the account's events are folded. */
  versionOf(account: string): number;
  /**
   * Applies the next event of its stream.
   * @throws UnreadableStream if it cannot; nothing has changed then
   */
  take(event: RecordedEvent): void;
  /** Called with an event that is not applied because its account is in quarantine. */
  leaveOut?(event: RecordedEvent): void;
}

/**
 * The accounts in whose streams a projection cannot read on, in a table beside its own, so that processes share it. Such an account stays
 * as it was before the first unreadable event, until its stream can be read as far as the projection has come. All other accounts go on.
 */
export class Quarantine {
  readonly #pseudonyms: Pseudonyms | undefined;
  readonly #statements;

  /** @param pseudonyms disguise the accounts, if the file must not reveal them */
  constructor(database: Connection, table: string, pseudonyms?: Pseudonyms) {
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

  /**
   * Applies events, and quarantines the accounts in whose streams it cannot read on.
   * @returns the events at which a quarantine began
   */
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

  /** Like `guard`, but after the first unreadable event of any account it applies no more events. */
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
   * Applies further events of an account in quarantine. They must adjoin those that are folded.
   * @returns true if these were all that the projection had been given: the quarantine is then over
   * @throws UnreadableStream if they cannot be read
   */
  mend(account: string, events: RecordedEvent[], fold: Fold): boolean {
    if (!this.find(account)) return true;
    const isOver = this.foldOn(account, events, fold);
    if (isOver) this.#statements.remove.run(this.#disguise(account));
    return isOver;
  }

  /**
   * Like `mend`, but the account stays in quarantine.
   * @returns false also if it is in none
   */
  foldOn(account: string, events: RecordedEvent[], fold: Fold): boolean {
    const held = this.find(account);
    if (!held) return false;
    for (const event of events) {
      if (event.version <= held.version || event.version > held.head) continue;
      const fault = faultOf(event, fold);
      if (fault) throw fault;
    }
    const version = fold.versionOf(account);
    this.#statements.fold.run(version, this.#disguise(account));
    return version >= held.head;
  }

  /** True if the account is in quarantine. If so, records that the projection was given its events up to that version. */
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
