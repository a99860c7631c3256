import { access, constants, readFile, stat } from 'node:fs/promises';
import { verifyCheckpoint } from '../../domain/transparency/checkpoint.js';
import { HistoryFault, messageOf } from '../../domain/transparency/exported-event.js';
import { notesIn } from '../../domain/transparency/note-file.js';
import { type NoteVerifier, parseVerifierKey } from '../../domain/transparency/verifier-key.js';
import type { KeptCheckpoint } from '../../domain/transparency/verify-history.js';
import { NotText, textOf } from '../../shared/file-text.js';
import { isUtf16 } from '../output/lines.js';
import { print, say } from '../output/output.js';
import { Progress } from '../output/progress.js';
import { WrongUsage } from '../output/wrong-usage.js';
import { type CheckedHistory, checkHistory, lossBefore } from '../transparency/check-history.js';

export interface VerifyLogOptions {
  /** Files of signed notes, one after another. */
  checkpoint?: string[];
  /** Files of verifier keys, one per line. */
  publicKey: string[];
}

/** The signature of a kept checkpoint is not trusted. */
class UntrustedCheckpoint extends Error {}

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
  if (await isUtf16(history)) throw new WrongUsage(`${history} is text in UTF-16: save it as UTF-8, or export it again.`);
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

function describe({ events, accounts, checkpoints, complete }: CheckedHistory, kept: KeptCheckpoint[]): string[] {
  const named = checkpoints.slice(-NAMED).map(({ size, root, source }) => {
    return `  size ${size}, root ${Buffer.from(root).toString('base64')} (${source})`;
  });
  const promises = complete
    ? `${events} events of ${accounts} accounts: each is what it was when it was signed, in its place; each stream has every version, no time that runs back, and two keys at most at every moment.`
    : `${events} events: each is what it was when it was signed, in its place. COMPLETENESS IS NOT PROVED: the export is filtered.`;
  const losses = new Set(checkpoints.flatMap((checkpoint) => lossBefore(checkpoint) ?? []));
  const trust =
    kept.length > 0 ? [] : ['No --checkpoint was given: this trusts the server that wrote the export, and its own checkpoint.'];
  const limits = 'Not checked: positions, beyond their order; ids of events that return after 100,000 others.';
  const told = [...losses].map((loss) => `Note: ${loss}.`);
  return [promises, `Checkpoints that hold: ${checkpoints.length}`, ...named, ...told, ...trust, limits];
}

async function readKeys(file: string): Promise<NoteVerifier[]> {
  const keys = (await readText(file)).split('\n').filter((line) => line.trim() !== '');
  if (keys.length === 0) throw new WrongUsage(`${file} holds no public key; \`keyledger log-key\` prints it.`);
  try {
    return await Promise.all(keys.map((key) => parseVerifierKey(key.trim())));
  } catch (error) {
    throw new WrongUsage(`${file}: ${messageOf(error)}`);
  }
}

async function readCheckpoints(file: string, verifiers: NoteVerifier[]): Promise<KeptCheckpoint[]> {
  const text = await readText(file);
  const notes = notesIn(text);
  if (notes.length === 0) {
    throw new WrongUsage(
      `${file} holds no signed note (c2sp.org/signed-note): copy it as \`keyledger checkpoint\` printed it.`,
    );
  }
  const passedOver = text.length - notes.join('').length - (notes.length - 1);
  if (passedOver > 1) say(`${passedOver} characters of ${file} are no signed note and mean nothing`);
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

async function readText(file: string): Promise<string> {
  await requireReadable(file);
  try {
    return textOf(await readFile(file));
  } catch (error) {
    if (error instanceof NotText) throw new WrongUsage(`${file} cannot be read: ${error.message}.`);
    throw error;
  }
}

async function requireReadable(file: string): Promise<void> {
  const isFile = await stat(file).then(
    (found) => found.isFile(),
    () => false,
  );
  const readable =
    isFile &&
    (await access(file, constants.R_OK).then(
      () => true,
      () => false,
    ));
  if (!readable) throw new WrongUsage(`${file} is not a file that can be read.`);
}
