import type { Caller } from '../../src/commands/keys/handle.js';
import { KeyCommands, type KeyCommandsOptions } from '../../src/commands/keys/keys.js';
import { OperatorCommands } from '../../src/commands/keys/operator.js';
import { Performer, type PerformOptions } from '../../src/commands/keys/perform.js';
import { keysProjections } from '../../src/projections/all-projections.js';
import { KeySearch } from '../../src/projections/keys/key-search.js';
import { ReadYourWrites } from '../../src/projections/keys/read-your-writes.js';
import { Verification } from '../../src/projections/keys/verification.js';
import { openKeysRunner } from '../../src/projections/runners.js';
import Database from '../../src/shared/sqlite.js';
import type { EventStore } from '../../src/store/event-store.js';
import { SqliteEventStore } from '../../src/store/sqlite/sqlite.js';
import { cleanUpLater } from './cleanup.js';
import { StoppableFeed } from './store-doubles.js';

/** Lets a search end for a request whose deadline is over, so that only the commands that follow are too late. */
export class PatientSearches extends Performer {
  override search<T>(_since: number, find: () => Promise<T>): Promise<T> {
    return super.search(performance.now(), find);
  }
}

const silent = { info() {}, warn() {}, error() {} };

/** The time limit of a command, in milliseconds. */
const DEADLINE = 60_000;

export interface CommandsOptions
  extends Partial<Pick<PerformOptions, 'clock' | 'requireClock' | 'refusals'>>,
    Pick<KeyCommandsOptions, 'newKey'> {
  log?: EventStore;
  /** What performs commands, if it is a special performer. */
  Performing?: typeof Performer;
}

/**
 * The commands of one process and the keys projection that they wait for, joined as `src/app` joins them, without a server. The feed of
 * the store can be stopped: then the process learns nothing more of the log, except what a command reads.
 */
export function openCommands({
  log = new SqliteEventStore(':memory:'),
  clock = Date.now,
  newKey,
  Performing = Performer,
  ...options
}: CommandsOptions = {}) {
  const store = new StoppableFeed(log);
  const database = new Database(':memory:');
  const projections = keysProjections(database);
  const { keys } = projections;
  const readYourWrites = new ReadYourWrites((account) => keys.version(account));
  const runner = openKeysRunner({ store, log: silent }, { database, projections }, readYourWrites);
  const verification = new Verification(database, clock);
  const search = new KeySearch({ database, store, keys });
  const performer = new Performing({ store, keys, readYourWrites, verification, clock, deadline: DEADLINE, ...options });
  runner.start();
  cleanUpLater(async () => {
    await runner.stop();
    database.close();
  });
  return {
    store,
    keys,
    verification,
    performer,
    owner: new KeyCommands({ performer, search, ...(newKey && { newKey }) }),
    operators: new OperatorCommands({ performer, search }),
    /** Resolves once the projection holds all that the log holds now. */
    projected: () => runner.readsOn(),
  };
}

/** The owner of that account, whose request comes now. */
export function ownerOf(account: string): Caller {
  return { account, actor: 'owner', correlationId: 'request', since: performance.now() };
}

/** The same request, whose deadline is over. */
export function late<R extends { since: number }>(request: R): R {
  return { ...request, since: request.since - DEADLINE };
}
