import type { NewEvent } from '../../../src/store/event-store.js';
import { openLog } from '../../../src/store/sqlite/sqlite-file.js';

/** Plain better-sqlite3 with the same table, the same indices and the same `synchronous=FULL`. */
export class RawLog {
  readonly #database;
  readonly #insert;
  readonly #insertAll;

  constructor(file: string) {
    this.#database = openLog(file);
    this.#insert = this.#database.prepare(
      'INSERT INTO events (category, stream, version, id, type, schemaVersion, data, metadata) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    );
    this.#insertAll = this.#database.transaction((events: [string, NewEvent][]) => {
      for (const event of events) this.#write(...event);
    });
  }

  /** Appends the first event of each stream, all in one commit. */
  append(events: [stream: string, event: NewEvent][]): void {
    this.#insertAll.immediate(events);
  }

  close(): void {
    this.#database.close();
  }

  #write(stream: string, { id, type, schemaVersion, data, metadata }: NewEvent): void {
    this.#insert.run('apiKeys', stream, 1, id, type, schemaVersion, JSON.stringify(data), JSON.stringify(metadata));
  }
}
