import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { endAgain } from '../../commands/keys/end-again.js';
import { openOrigin } from '../../commands/transparency/open-origin.js';
import { evolveKeys } from '../../domain/keys/decide.js';
import { type Ending, endingsOf, type Fate } from '../../domain/keys/endings.js';
import type { Key } from '../../domain/keys/model.js';
import { originOf } from '../../domain/transparency/log-origin.js';
import { whenUnlocked } from '../../projections/engine/database.js';
import { firstEvent, PositionTable } from '../../projections/engine/position.js';
import { latestOf } from '../../projections/transparency/checkpoint-file.js';
import { countOf } from '../../shared/count-of.js';
import { DATA_FILE, lostEventsFile } from '../../shared/data-files.js';
import { syncDirectory, writeDurably } from '../../shared/durable-files.js';
import { isThere } from '../../shared/is-there.js';
import { messageOf } from '../../shared/message-of.js';
import Database from '../../shared/sqlite.js';
import { decode } from '../../store/codec.js';
import type { EventStore, RecordedEvent } from '../../store/event-store.js';
import type { PutBack } from '../../store/sqlite/sqlite-put-back.js';
import { accountOf } from '../../store/streams.js';
import { localActor } from '../audit/record-read.js';
import type { Recovery } from '../commands/recover.js';
import { appending, changing } from '../output/held-up.js';
import { PATIENCE } from '../patiently.js';

/**
 * Continues with the log as it is: ends again the keys that are known to have ended, lets checkpoints be signed under a new origin, and lets
 * the projections be filled from the log. The last step opens the data directory; until then it can be run again.
 * @returns what was done
 */
export async function acceptLoss(recovery: Recovery, refused: PutBack['refused']): Promise<string[]> {
  const { config, store, expected, restored } = recovery;
  const lines = await keepLost(config.dataDirectory, refused);
  lines.push(...(await endKnown(recovery)));
  const { checkpoints } = expected;
  const previous = latestOf(await checkpoints.readable());
  const signedUnder = await checkpoints.origins();
  const origin = { store, signedUnder, previous, at: new Date().toISOString(), actor: localActor() };
  const opened = await appending(() => openOrigin(origin, AbortSignal.timeout(PATIENCE)));
  const first = await firstEvent(store);
  lines.push(first ? `Checkpoints are signed under a new origin: ${originOf(first.id, opened).name}` : 'The log is empty.');
  const last = opened.at(-1)?.data.previous;
  if (last) lines.push(`It follows the last checkpoint of ${last.origin}: ${countOf(last.size, 'event')}, root ${last.root}`);
  await forgetProjected(recovery);
  await restored.remove();
  lines.push('The loss is accepted. Running services open automatically. `keyledger log-key` prints the new public key.');
  return lines;
}

/** Keeps the events that are known to be lost in a file, since the history forgets them. */
async function keepLost(directory: string, refused: PutBack['refused']): Promise<string[]> {
  if (refused.length === 0) return [];
  const file = join(directory, lostEventsFile(randomUUID()));
  await writeDurably(file, refused.map(({ event }) => `${JSON.stringify(event)}\n`).join(''));
  await syncDirectory(directory);
  return [`The events that cannot be put back were saved to ${file}`];
}

/** Ends again, in the log as it is, every key that the projections know to have ended. */
async function endKnown({ store, projections }: Recovery): Promise<string[]> {
  const lines: string[] = [];
  for (const [account, keys] of await heldIn(store)) {
    const endings: Ending[] = [...keys.values()].flatMap((key) => endingsOf(key, fateOf(key.keyId, projections)));
    if (projections.keys.frozenAt(account) !== undefined) endings.push({ type: 'AccountFrozen', data: {} });
    if (endings.length === 0) continue;
    try {
      const signal = AbortSignal.timeout(PATIENCE);
      const ended = await appending(() => endAgain({ store, clock: Date.now }, account, endings, signal));
      lines.push(...ended.map((ending) => `  ${describe(ending)} of account ${account}`));
    } catch (error) {
      lines.push(`  The keys of account ${account} could not be ended: ${messageOf(error)}`);
    }
  }
  return lines.length === 0 ? ['No key needed to be ended again.'] : ['Ended again:', ...lines];
}

function describe({ type, data }: Ending): string {
  switch (type) {
    case 'KeyDeleted':
      return `deleted ${data.keyId}`;
    case 'KeyDisabled':
      return `disabled ${data.keyId}`;
    case 'KeyExpirySet':
      return `${data.keyId} expires at ${data.expiresAt}`;
    case 'AccountFrozen':
      return 'froze the keys';
  }
}

function fateOf(keyId: string, { keys, history }: Recovery['projections']): Fate {
  const { deletedAt = null, disabledAt = null, expiresAt = null } = keys.fateOf(keyId) ?? {};
  const deleted = history.deletedKey(keyId);
  if (deleted) return { deleted: { reason: deleted.reason, replacedBy: deleted.replacedBy, note: deleted.note } };
  return {
    deleted: deletedAt === null ? undefined : { reason: 'REQUESTED' },
    expiresAt: expiresAt ?? undefined,
    disabled: disabledAt !== null,
  };
}

/** The keys that are held according to the log, by account. Unreadable accounts are skipped; they are refused individually. */
async function heldIn(store: EventStore): Promise<Map<string, ReadonlyMap<string, Key>>> {
  const held = new Map<string, ReadonlyMap<string, Key>>();
  for await (const page of store.readAll('apiKeys')) {
    for (const event of page) {
      const account = accountOf(event.stream);
      held.set(account, evolved(held.get(account) ?? new Map(), event));
    }
  }
  return held;
}

function evolved(keys: ReadonlyMap<string, Key>, event: RecordedEvent): ReadonlyMap<string, Key> {
  try {
    return evolveKeys(keys, decode(event));
  } catch {
    return keys;
  }
}

/** Empties the tables, so that they belong to no log and services fill them from the present one. */
async function forgetProjected({ files, config }: Recovery): Promise<void> {
  for (const { database, projections, file } of files) {
    const positions = new PositionTable(database);
    const forget = () => {
      for (const projection of Object.values(projections)) projection.clear();
      positions.forgetAll();
    };
    await changing(file, () => whenUnlocked(database, forget));
  }
  const file = join(config.dataDirectory, DATA_FILE.analytics);
  if (!isThere(file)) return;
  const analytics = new Database(file, { timeout: 1000 });
  try {
    const forgetting = new PositionTable(analytics);
    await changing(file, () => whenUnlocked(analytics, () => forgetting.forgetAll()));
  } finally {
    analytics.close();
  }
}
