import { join } from 'node:path';
import type { Config } from '../../config.js';
import { createLog } from '../../observability/log.js';
import { openProjections } from '../../projections/engine/database.js';
import { openFiles } from '../../projections/open-files.js';
import { CheckpointFile } from '../../projections/transparency/checkpoint-file.js';
import { type Inspection, inspect, isWhole } from '../../projections/transparency/inspection.js';
import { KnownLog } from '../../projections/transparency/known-log.js';
import { RestoredMark } from '../../projections/transparency/restored-mark.js';
import { countOf } from '../../shared/count-of.js';
import { DATA_FILE } from '../../shared/data-files.js';
import { untilItLeads } from '../../store/retry-unknown-outcome.js';
import type { PutBack } from '../../store/sqlite/sqlite-put-back.js';
import { requireExistingData } from '../existing-data.js';
import { CALL_LIMIT, openPatiently } from '../existing-store.js';
import { print } from '../output/output.js';
import { sayWaiting } from '../patiently.js';
import { acceptLoss } from '../recover/accept-loss.js';
import { ANOTHER, describe, remedy } from '../recover/describe.js';
import { putBack } from '../recover/put-back.js';
import { whileAlone } from '../while-alone.js';

export interface RecoverOptions {
  /** Continue with the log as it is if not everything can be put back. */
  acceptLoss?: boolean;
}

/** The parts that a recovery works with. */
export type Recovery = Awaited<ReturnType<typeof openRecovery>>;

/**
 * Puts back the events that the log has lost and the history of this data directory still holds. Prints what was done, and what cannot be
 * put back. If it is interrupted, run it again. Services may run: they open by themselves.
 * @returns true if they can open
 * @throws Error if there is nothing in the data directory to recover from
 */
export async function recover(config: Config, { acceptLoss: accept = false }: RecoverOptions): Promise<boolean> {
  requireExistingData(config);
  return whileAlone(config.dataDirectory, () => recoverAlone(config, accept));
}

async function recoverAlone(config: Config, accept: boolean): Promise<boolean> {
  const recovery = await openRecovery(config);
  try {
    return await run(recovery, accept);
  } finally {
    await recovery.store.close();
    for (const { database } of recovery.files) database.close();
  }
}

async function openRecovery(config: Config) {
  const { dataDirectory, store: location } = config;
  const restored = new RestoredMark(dataDirectory);
  restored.requireFinished();
  const log = createLog('warn');
  const { keys, audit, projections } = await openFiles((file, make) => openProjections(join(dataDirectory, file), log, make));
  const { history, transparency: tree } = audit.projections;
  const known = new KnownLog({ database: audit.database, history, tree });
  known.add(keys);
  const checkpoints = new CheckpointFile(join(dataDirectory, DATA_FILE.checkpoints));
  const expected = { known, history, tree, checkpoints };
  return {
    config,
    store: await openPatiently(location),
    files: [
      { ...keys, file: join(dataDirectory, DATA_FILE.keys) },
      { ...audit, file: join(dataDirectory, DATA_FILE.projections) },
    ],
    projections,
    expected,
    restored,
  };
}

async function run(recovery: Recovery, accept: boolean): Promise<boolean> {
  const { store, expected, restored } = recovery;
  const isRestored = restored.isRestored();
  // A former leader that does not know it yet lacks the newest events.
  await untilItLeads(store, AbortSignal.timeout(CALL_LIMIT), sayWaiting);
  const found = await inspect(store, expected);
  if (isWhole(found) && !isRestored) {
    await restored.remove();
    await printLines(
      `Nothing is missing: the log holds ${countOf(found.size, 'event')}, including all that this data directory knows.`,
    );
    return true;
  }
  await restored.beginRecovery();
  const result = await putBackMissing(recovery, found);
  // Another machine may have put back what this one found missing.
  const after = isWhole(found) ? found : await inspect(store, expected);
  await printLines(...(await describe(store, after, result)));
  if (accept) {
    await printLines(...(await acceptLoss(recovery, result.refused)));
    return true;
  }
  if (!isWhole(after)) {
    await printLines(...remedy(after, result));
    return false;
  }
  await restored.remove();
  if (isRestored)
    await printLines('Changes after the backup are not known here. If keys were deleted since, delete them again.');
  await printLines('The log is complete. Running services open automatically.');
  return true;
}

/** If it is another log, nothing is put into it: all known events count as lost. */
async function putBackMissing({ store, config, expected }: Recovery, { size, common, end }: Inspection): Promise<PutBack> {
  const { history } = expected;
  const known = history.known();
  if (size > 0 && common === 0)
    return { put: 0, moved: 0, refused: Array.from(known.after(0), (event) => ({ event, reason: ANOTHER })) };
  const isAtEndAlone = common + known.countAfter(end) === history.size();
  return putBack({ store, location: config.store, events: known.after(isAtEndAlone ? end : 0), end });
}

async function printLines(...lines: string[]): Promise<void> {
  await print(lines.map((line) => `${line}\n`).join(''));
}
