import { stat } from 'node:fs/promises';
import { verifyCheckpoint } from '../../domain/transparency/checkpoint.js';
import { HistoryFault } from '../../domain/transparency/exported-event.js';
import { type NoteVerifier, parseVerifierKey } from '../../domain/transparency/verifier-key.js';
import type { KeptCheckpoint } from '../../domain/transparency/verify-history.js';
import { countOf } from '../../shared/count-of.js';
import { messageOf } from '../../shared/message-of.js';
import { isUtf16 } from '../output/lines.js';
import { print } from '../output/output.js';
import { Progress } from '../output/progress.js';
import { WrongUsage } from '../output/wrong-usage.js';
import { type CheckedHistory, checkHistory, lossBefore } from '../transparency/check-history.js';
import { readNotes, readText, requireReadable } from '../transparency/kept-notes.js';

export interface VerifyLogOptions {
  /** Files of signed notes, one after another. */
  checkpoint?: string[];
  /** Files of verifier keys, one per line. */
  publicKey: string[];
}

/** The signature of a kept checkpoint is not trusted. */
class UntrustedCheckpoint extends Error {}

const GIVE_KEYS = 'Give a file with the output of `keyledger log-key`.';

/** How many checkpoints are listed in the output. */
const NAMED = 20;

/**
 * Verifies an export without server, store or settings, and prints what was proved, or what is wrong and where.
 * @returns true if everything holds
 * @throws WrongUsage if a file cannot be read or does not hold what it should
 */
export async function verifyLog(history: string, { checkpoint: files = [], publicKey }: VerifyLogOptions): Promise<boolean> {
  const verifiers = (await Promise.all(publicKey.map(readKeys))).flat();
  await requireReadable(history);
  if (await isUtf16(history)) throw new WrongUsage(`${history} is in UTF-16. Save it as UTF-8, or export it again.`);
  const progress = new Progress({ total: (await stat(history)).size });
  const onRead = (events: number, bytes: number) => progress.add(events, bytes);
  try {
    const kept = (await Promise.all(files.map((file) => readCheckpoints(file, verifiers)))).flat();
    const checked = await checkHistory(history, { kept, verifiers, onRead }).finally(() => progress.end());
    await print(`${describe(checked, kept).join('\n')}\n`);
    return true;
  } catch (error) {
    if (!(error instanceof HistoryFault || error instanceof UntrustedCheckpoint)) throw error;
    await print(`NOT PROVED: ${error.message}\n`);
    return false;
  }
}

/** What is not proved by an export in which each event has a proof of its own. */
const EXCERPT = 'COMPLETENESS IS NOT PROVED: the export is filtered.';
const WHOLE_EXCERPT =
  'They are all events of the log at that time. The limit of two keys is not checked: it is in an export without a filter.';

function describe({ events, accounts, isWhole, checkpoints }: CheckedHistory, kept: KeptCheckpoint[]): string[] {
  const named = checkpoints.slice(-NAMED).map(({ size, root, source }) => {
    return `  size ${size}, root ${Buffer.from(root).toString('base64')} (${source})`;
  });
  const unchanged = 'each is unchanged since it was signed, and in its place.';
  const promises =
    accounts === undefined
      ? `${countOf(events, 'event')}: ${unchanged} ${isWhole ? WHOLE_EXCERPT : EXCERPT}`
      : `${countOf(events, 'event')} of ${countOf(accounts, 'account')}: ${unchanged} Each stream has every version, times that never go back, and at most two keys at any moment.`;
  const losses = new Set(checkpoints.flatMap((checkpoint) => lossBefore(checkpoint) ?? []));
  const trust = kept.length > 0 ? [] : ['No --checkpoint was given, so this result trusts the server that wrote the export.'];
  const limits = 'Not checked: positions, except their order; ids that occur again after 100,000 other events.';
  const notes = [...losses].map((loss) => `Note: ${loss}.`);
  return [promises, `Verified checkpoints: ${checkpoints.length}`, ...named, ...notes, ...trust, limits];
}

async function readKeys(file: string): Promise<NoteVerifier[]> {
  const keys = (await readText(file)).split('\n').filter((line) => line.trim() !== '');
  if (keys.length === 0) throw new WrongUsage(`${file} contains no public key. ${GIVE_KEYS}`);
  try {
    return await Promise.all(keys.map((key) => parseVerifierKey(key.trim())));
  } catch (error) {
    throw new WrongUsage(`${file}: ${messageOf(error)} ${GIVE_KEYS}`);
  }
}

async function readCheckpoints(file: string, verifiers: NoteVerifier[]): Promise<KeptCheckpoint[]> {
  const notes = await readNotes(file);
  const checkpoints: KeptCheckpoint[] = [];
  for (const [index, note] of notes.entries()) {
    const source = `${file}, note ${index + 1}`;
    try {
      checkpoints.push({ ...(await verifyCheckpoint(note, verifiers)), source });
    } catch (error) {
      throw new UntrustedCheckpoint(`${source}: ${messageOf(error)}`);
    }
  }
  return checkpoints;
}
