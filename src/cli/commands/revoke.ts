import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { revokeEach } from '../../commands/keys/revoke-each.js';
import type { Config } from '../../config.js';
import { UnreadableStream } from '../../domain/keys/refusals.js';
import { countOf } from '../../shared/count-of.js';
import { redacted } from '../../shared/redacted.js';
import { type EventStore, OutcomeUnknown, StoreUnavailable } from '../../store/event-store.js';
import { untilItLeads } from '../../store/retry-unknown-outcome.js';
import { streamOf } from '../../store/streams.js';
import { localActor } from '../audit/record-read.js';
import { savedPosition } from '../audit/saved-position.js';
import { withExistingStore } from '../existing-store.js';
import { confirm } from '../output/confirm.js';
import { appending } from '../output/held-up.js';
import { print, say } from '../output/output.js';
import { Progress } from '../output/progress.js';
import { WrongUsage } from '../output/wrong-usage.js';
import { PATIENCE, sayWaiting } from '../patiently.js';
import { KeySelection, type Selection } from '../revoke/select-keys.js';

/** How many keys are listed individually. */
const NAMED = 20;

export interface RevokeOptions {
  key?: string;
  account?: string;
  /** Milliseconds since 1970, or true: everything before the command began. */
  createdBefore?: number | true;
  note?: string;
  /** Do not ask. */
  yes?: boolean;
}

/** What a revocation is done with. */
interface Revocation {
  config: Config;
  store: EventStore;
  selection: Selection;
  note: string | undefined;
  yes: boolean;
}

/**
 * Deletes keys of any account, for good: one, those of an account, or those that were created before a time. Prints what it would do and
 * asks first. If it is interrupted, run it again. Ends once no server accepts any of these keys.
 * @returns true if all of them are deleted
 * @throws WrongUsage, LogSealed, Error if the store does not answer for minutes
 */
export async function revoke(config: Config, { note, yes = false, ...options }: RevokeOptions): Promise<boolean> {
  const selection = selectionOf(options, Date.now());
  return withExistingStore(config, (store) => run({ config, store, selection, note, yes }));
}

/** @throws WrongUsage unless exactly one is given */
function selectionOf({ key, account, createdBefore }: RevokeOptions, began: number): Selection {
  const given: Selection[] = [];
  if (key !== undefined) given.push({ key });
  if (account !== undefined) given.push({ account });
  if (createdBefore !== undefined) given.push({ createdBefore: createdBefore === true ? began : createdBefore });
  const [selection, another] = given;
  if (!selection || another) throw new WrongUsage('Give one of --key, --account and --created-before.');
  return selection;
}

async function run(revocation: Revocation): Promise<boolean> {
  const { config, store, selection, yes } = revocation;
  const found = await select(store, selection, new Progress({ total: savedPosition(config, store) }));
  const accounts = found.keys.byAccount();
  const keys = found.keys.keys();
  if (found.keys.matched === 0) {
    await print(`No key matches: there is no ${describe(selection)}.\n`);
    // A key or an account that nobody knows is probably a slip.
    return 'createdBefore' in selection && found.isReadable;
  }
  if (keys.length > 0) {
    const lines = keys.slice(0, NAMED).map(({ keyId, name, account }) => `  ${keyId} of account ${account}: ${name}\n`);
    const rest = keys.length > NAMED ? `  and ${keys.length - NAMED} more\n` : '';
    const what = `${countOf(keys.length, 'key')} of ${countOf(accounts.size, 'account')}`;
    await print(`This deletes ${what}, for good: ${allOf(selection)}.\n${lines.join('')}${rest}`);
    if (!yes && !(await confirm('Delete them? Type yes: '))) {
      await print('Nothing was deleted.\n');
      return false;
    }
  } else {
    await print(`Deleted already: ${allOf(selection)}.\n`);
  }
  // All of an account means: also what it has created since.
  const due = 'account' in selection ? new Map([[selection.account, undefined]]) : accounts;
  const isWhole = await revokeAll(revocation, due, keys.length);
  return isWhole && found.isReadable;
}

/** Reads the log, or the account's part of it. Says which accounts cannot be read. */
async function select(
  store: EventStore,
  selection: Selection,
  progress: Progress,
): Promise<{ keys: KeySelection; isReadable: boolean }> {
  const keys = new KeySelection(selection);
  const unreadable = new Set<string>();
  await untilItLeads(store, AbortSignal.timeout(PATIENCE), sayWaiting);
  const pages = 'account' in selection ? store.read(streamOf('apiKeys', selection.account)) : store.readAll('apiKeys');
  for await (const page of pages) {
    for (const event of page) {
      try {
        keys.add(event);
      } catch (error) {
        if (!(error instanceof UnreadableStream)) throw error;
        if (!unreadable.has(event.stream)) say(error.message);
        unreadable.add(event.stream);
      }
    }
    progress.add(page.length, page.at(-1)?.position);
  }
  keys.end(Date.now());
  progress.end();
  return { keys, isReadable: unreadable.size === 0 };
}

/** @returns true if all keys are deleted, and no server accepts them any more */
async function revokeAll(
  { config, store, note, selection }: Revocation,
  accounts: ReadonlyMap<string, readonly string[] | undefined>,
  total: number,
): Promise<boolean> {
  const stop = new AbortController();
  const interrupt = () => stop.abort();
  process.once('SIGINT', interrupt);
  const progress = new Progress({ total, unit: 'key' });
  let [deleted, isWhole] = [0, true];
  try {
    await appending((goesOn) =>
      revokeEach(accounts, {
        store,
        clock: Date.now,
        caller: { actor: localActor(), correlationId: randomUUID() },
        note,
        patience: PATIENCE,
        onRevoked: (keys) => {
          goesOn();
          deleted += keys;
          progress.add(keys);
        },
        onUnreadable: (account, { message }) => {
          isWhole = false;
          say(`account ${account} is left out: ${message}`);
        },
        signal: stop.signal,
      }),
    );
  } catch (error) {
    throw goOn(error, selection);
  } finally {
    process.off('SIGINT', interrupt);
    progress.end();
  }
  await print(`Deleted: ${countOf(deleted, 'key')}.\n`);
  if (stop.signal.aborted) {
    await print(`Interrupted. To go on, run the command again${again(selection)}.\n`);
    return false;
  }
  await print(`Waiting ${config.staleness / 1000} s, until every server knows.\n`);
  await delay(config.staleness);
  await print(isWhole ? 'No server accepts any of these keys from now on.\n' : 'Some keys could not be deleted: see above.\n');
  return isWhole;
}

function allOf(selection: Selection): string {
  return 'key' in selection ? `the ${describe(selection)}` : `every ${describe(selection)}`;
}

/** Somebody may have given a secret in the place of an id. */
function describe(selection: Selection): string {
  if ('key' in selection) return `key ${redacted(selection.key)}`;
  if ('account' in selection) return `key of account ${redacted(selection.account)}`;
  return `key that was created before ${new Date(selection.createdBefore).toISOString()}`;
}

/** How to select the same keys again. */
function again(selection: Selection): string {
  return 'createdBefore' in selection ? ` with --created-before ${new Date(selection.createdBefore).toISOString()}` : '';
}

function goOn(error: unknown, selection: Selection): unknown {
  if (!(error instanceof OutcomeUnknown || error instanceof StoreUnavailable)) return error;
  return new Error(`The event store has not answered for ${PATIENCE / 1000} s. Run the command again${again(selection)}.`, {
    cause: error,
  });
}
