import { hasCode } from '../../../src/shared/error-code.js';
import { callable, importPeer, property } from './peers.js';

/** An event as Emmett takes it. */
export interface EmmettEvent {
  type: string;
  data: object;
}

/** The part of Emmett that is measured: its SQLite store as it is shipped, and its command handler over it. */
export interface Emmett {
  append(stream: string, events: EmmettEvent[]): Promise<unknown>;
  /** Reads the stream, folds it to the ids of its active keys, decides and appends at the version that was read. */
  handle(stream: string, decide: (active: ReadonlySet<string>) => EmmettEvent): Promise<unknown>;
}

/** Opens Emmett's SQLite store. It sets WAL, and leaves `synchronous` as SQLite has it: FULL. */
export async function openEmmett(fileName: string): Promise<Emmett> {
  const openStore = callable(await importPeer('@event-driven-io/emmett-sqlite'), 'getSQLiteEventStore');
  const makeHandler = callable(await importPeer('@event-driven-io/emmett'), 'CommandHandler');
  const store = openStore({ fileName, schema: { autoMigration: 'CreateOrUpdate' } });
  const appendToStream = callable(store, 'appendToStream');
  const handle = callable(makeHandler({ evolve, initialState: () => new Set<string>() }));
  const inTurn = queue();
  return {
    append: (stream, events) => inTurn(() => unlessBusy(() => appendToStream(stream, events))),
    handle: (stream, decide) => inTurn(() => unlessBusy(() => handle(store, stream, decide))),
  };
}

function evolve(active: Set<string>, { type, data }: EmmettEvent): Set<string> {
  const keyId = String(property(data, 'keyId'));
  return type === 'KeyCreated' ? new Set([...active, keyId]) : new Set([...active].filter((id) => id !== keyId));
}

/** One after another: if appends run at once, the first one that ends closes the connection, and with it the transaction, of all. */
function queue(): (work: () => Promise<unknown>) => Promise<unknown> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    last = last.then(work);
    return last;
  };
}

/** Its commit sometimes fails because one of its own statements is still open. The caller then tries again. */
async function unlessBusy(work: () => unknown): Promise<unknown> {
  try {
    return await work();
  } catch (error) {
    if (!hasCode(error, 'SQLITE_BUSY')) throw error;
    return unlessBusy(work);
  }
}
