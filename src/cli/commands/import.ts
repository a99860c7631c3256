import { existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Config } from '../../config.js';
import { isKnownName, originOf } from '../../domain/transparency/log-origin.js';
import { firstEvent } from '../../projections/engine/position.js';
import { CheckpointFile, type KeptNote } from '../../projections/transparency/checkpoint-file.js';
import { openedOrigins } from '../../projections/transparency/origins.js';
import { countOf } from '../../shared/count-of.js';
import { DATA_FILE } from '../../shared/data-files.js';
import { isThere } from '../../shared/is-there.js';
import { CATEGORIES, type Category, type EventStore } from '../../store/event-store.js';
import { markMoved, sealLog } from '../../store/sqlite/sqlite-seal.js';
import { openPatiently } from '../existing-store.js';
import { type ComparedLogs, findHeld, type Held, rootAt } from '../import/compare-logs.js';
import { copyAndCompare } from '../import/copy-and-compare.js';
import { onceUnlocked } from '../output/held-up.js';
import { print, say } from '../output/output.js';
import { Progress } from '../output/progress.js';
import { shellText } from '../output/quoted.js';
import { WrongUsage } from '../output/wrong-usage.js';
import { requireSameLog } from '../recover/same-log.js';

const KEPT = 'Keep the key that is set here.';

export interface ImportOptions {
  /** The SQLite log; by default the one in the data directory. */
  from?: string;
}

interface Move {
  /** The file of the source. */
  file: string;
  source: EventStore;
  target: EventStore;
}

/**
 * Moves the log from SQLite to EventStoreDB: seals it, copies the events that the target lacks, and compares both, event by event and root
 * by root. If it is interrupted, run it again; it continues.
 * @throws WrongUsage if the settings name no EventStoreDB, or if there is no such file
 * @throws LogsDiffer if the target holds anything else; nothing has changed if it did so before
 */
export async function importLog(config: Config, { from }: ImportOptions): Promise<void> {
  const { store: location, dataDirectory } = config;
  if (location.kind !== 'eventstoredb')
    throw new WrongUsage('KEYLEDGER_STORE must name the EventStoreDB to move to: esdb://….');
  const file = resolve(from ?? join(dataDirectory, DATA_FILE.log));
  if (!isThere(file) || !statSync(file).isFile())
    throw new WrongUsage(`There is no log at ${file}. Name the file with --from.`);
  const source = await openPatiently({ kind: 'sqlite', file });
  const move = { file, source, target: await openPatiently(location) };
  try {
    const started = performance.now();
    for (const directory of new Set([dataDirectory, dirname(file)])) await requireSigned(move, directory);
    await moveLog(move);
    const seconds = Math.round((performance.now() - started) / 1000);
    await print(
      `SQLite and EventStoreDB hold the same log. The import took ${seconds} s.\n\n${nextSteps(config, dirname(file))}\n`,
    );
  } finally {
    await move.source.close();
    await move.target.close();
  }
}

/** A rewritten log is not moved: the source must match the last checkpoint of the data directory. */
async function requireSigned({ file, source }: Move, directory: string): Promise<void> {
  await requireSameLog(directory, source);
  const last = await lastSigned(new CheckpointFile(join(directory, DATA_FILE.checkpoints)), source);
  if (!last || (await rootAt(source, last.size))?.equals(last.root)) return;
  throw new Error(
    `${file} does not hold the ${countOf(last.size, 'event')} that the last checkpoint in ${directory} covers. Nothing was changed. Compare the log with a backup.`,
  );
}

/** The last checkpoint under the log's present name; if it is another log, the last one of any name. */
async function lastSigned(checkpoints: CheckpointFile, source: EventStore): Promise<KeptNote | undefined> {
  const [latest, first, opened] = [await checkpoints.latest(), await firstEvent(source), await openedOrigins(source)];
  if (!latest || !first || !isKnownName(latest.origin, first.id, opened)) return latest;
  return (await checkpoints.newest(originOf(first.id, opened).name)).at(-1);
}

async function moveLog({ file, source, target }: Move): Promise<void> {
  say('comparing the events that EventStoreDB holds');
  const begun = new Map<Category, Held>();
  for (const category of CATEGORIES) begun.set(category, await findHeld(category, source, target));
  await onceUnlocked(file, sealLog);
  say(`${file} is sealed: it takes no more events; copying, and comparing both logs`);
  const progress = new Progress();
  const onCopied = (events: number) => progress.add(events);
  const compared = new Map<Category, ComparedLogs>();
  for (const [category, { size, position: after }] of begun) {
    onCopied(size);
    compared.set(category, await copyAndCompare(category, { source, target, after, onCopied }));
  }
  progress.end();
  for (const [category, logs] of compared) await report(category, logs);
  await onceUnlocked(file, markMoved);
}

/** @throws Error if the trees differ */
async function report(category: Category, { source, target }: ComparedLogs): Promise<void> {
  const [held, copied] = [source, target].map(
    (tree) => `${countOf(tree.size, 'event')}, root ${tree.root().toString('base64')}`,
  );
  await print(`${category} in SQLite: ${held}\n${category} in EventStoreDB: ${copied}\n`);
  if (held !== copied)
    throw new Error(
      `The events of the category ${category} differ. Run the command again: it continues after the last copied event.`,
    );
}

/** The remaining steps, without any secret. */
function nextSteps({ logKey, pseudonymKey }: Config, directory: string): string {
  return `Start Keyledger with this KEYLEDGER_STORE.
To sign checkpoints with the same key as before, set the same KEYLEDGER_LOG_KEY on every machine.
${logKey ? KEPT : keySetting('KEYLEDGER_LOG_KEY', join(directory, DATA_FILE.logKey))}
To keep the pseudonyms in analytics, set the same KEYLEDGER_PSEUDONYM_KEY on every machine.
${pseudonymKey ? KEPT : keySetting('KEYLEDGER_PSEUDONYM_KEY', join(directory, DATA_FILE.pseudonymKey))}
${DATA_FILE.issuerKey} and ${DATA_FILE.checkpoints} stay in the data directory. ${DATA_FILE.keys}, ${DATA_FILE.projections} and ${DATA_FILE.analytics} are rebuilt automatically.`;
}

function keySetting(name: string, file: string): string {
  if (existsSync(file)) return `\n  export ${name}="$(cat ${shellText(file)})"\n`;
  return 'There was no key before. Create one with `openssl rand -base64 32`.';
}
