import { type Checkpoint, verifyCheckpoint } from '../../domain/transparency/checkpoint.js';
import { type ExportedEvent, HistoryFault } from '../../domain/transparency/exported-event.js';
import type { NoteVerifier } from '../../domain/transparency/verifier-key.js';
import { ExcerptVerifier } from '../../domain/transparency/verify-excerpt.js';
import { type Extended, type Extension, verifyExtension } from '../../domain/transparency/verify-extension.js';
import { HistoryVerifier, type KeptCheckpoint, named } from '../../domain/transparency/verify-history.js';
import { countOf } from '../../shared/count-of.js';
import { messageOf } from '../../shared/message-of.js';
import { plainLines, readLines, readTail } from '../output/lines.js';
import { decodeLine, type LastLine, lastLineIn, parseLine } from './history-line.js';

type OnRead = (events: number, bytes: number) => void;

export interface CheckOptions {
  /** Checkpoints that were kept elsewhere and are verified. */
  kept: readonly KeptCheckpoint[];
  verifiers: readonly NoteVerifier[];
  /** Called from time to time with how many more events were verified and how many bytes of the file were read. */
  onRead?: OnRead;
}

/** What was verified. */
export interface CheckedHistory {
  events: number;
  /** Undefined if each event has a proof of its own: some may be missing, and streams are not checked. */
  accounts: number | undefined;
  /** True if it holds all events that the export's checkpoint covers. */
  isWhole: boolean;
  checkpoints: readonly KeptCheckpoint[];
}

/** What the last line says about the lines before it. */
interface Ending {
  complete: boolean;
  own: KeptCheckpoint | undefined;
  extensions?: readonly Extension[] | undefined;
  /** Why no checkpoint can be trusted. */
  fault: string | undefined;
}

/** More than the last line needs, with the proofs of a thousand kept checkpoints. */
const TAIL = 4 * 1024 * 1024;

/**
 * Verifies an exported file in constant memory, against its own checkpoint and all those that were kept.
 * @throws HistoryFault with the first place where something is wrong
 */
export async function checkHistory(
  file: string,
  { kept, verifiers, onRead = () => {} }: CheckOptions,
): Promise<CheckedHistory> {
  const ending = await readEnding(file, verifiers);
  const check = ending.complete ? checkWhole : checkExcerpt;
  return check(file, ending, kept, onRead).catch((error: unknown) => {
    const loss = ending.own && lossBefore(ending.own);
    if (loss === undefined || !(error instanceof HistoryFault)) throw error;
    throw new HistoryFault(`${error.reason}; ${loss}`, error.first, error.last);
  });
}

/** What a checkpoint says about events that were lost before it; undefined if it mentions none. */
export function lossBefore({ origin, previous }: Checkpoint): string | undefined {
  if (!previous) return undefined;
  return `the log continues as ${origin} since events were lost: the last checkpoint of ${previous.origin} covered ${countOf(previous.size, 'event')}`;
}

async function checkWhole(
  file: string,
  { own, fault }: Ending,
  kept: readonly KeptCheckpoint[],
  onRead: OnRead,
): Promise<CheckedHistory> {
  const verifier = new HistoryVerifier({ checkpoints: kept, decode: decodeLine });
  const lines = await eachEvent(file, onRead, (event, line) => {
    if (event.proof)
      throw new HistoryFault('it has a proof, but the export is not filtered', { line, position: event.position });
    verifier.add(event);
  });
  // Lines missing from a kept checkpoint say more than the fact that the export's own cannot be trusted.
  const isShort = kept.some(({ size }) => size > lines);
  if (fault !== undefined && !isShort) throw new HistoryFault(fault, { line: lines + 1 });
  return { ...verifier.end(own), isWhole: true };
}

async function checkExcerpt(
  file: string,
  { own, extensions, fault = 'there is no checkpoint' }: Ending,
  kept: readonly KeptCheckpoint[],
  onRead: OnRead,
): Promise<CheckedHistory> {
  const verifier = own && new ExcerptVerifier(own, decodeLine);
  const lines = await eachEvent(file, onRead, (event) => verifier?.add(event));
  const last = { line: lines + 1 };
  if (!own) throw new HistoryFault(fault, last);
  for (const earlier of kept) {
    const reason = REASONS[await verifyExtension(earlier, own, extensions)](earlier, own);
    if (reason !== undefined) throw new HistoryFault(reason, last);
  }
  // Each is in a place of its own: as many as were signed are all of them.
  return { events: lines, accounts: undefined, isWhole: lines === own.size, checkpoints: [...kept, own] };
}

/** What is wrong with a filtered export that is to extend a checkpoint that was kept. */
const REASONS: Record<Extended, (kept: KeptCheckpoint, own: KeptCheckpoint) => string | undefined> = {
  extended: () => undefined,
  contradicted: (kept, own) =>
    `the log of ${countOf(own.size, 'event')} does not begin with those that ${named(kept)} covers: it was changed, or the proof of that was`,
  unshown: (kept, own) =>
    `nothing shows that the log of ${countOf(own.size, 'event')} begins with those that ${named(kept)} covers: have it exported with \`--checkpoint\` and this checkpoint`,
  behind: (kept, own) => `the log of the export has ${countOf(own.size, 'event')}, but ${named(kept)} covers ${kept.size}`,
};

/**
 * Calls back for every line except the last.
 * @returns the number of these lines
 */
async function eachEvent(
  file: string,
  onRead: OnRead,
  onEvent: (event: ExportedEvent, line: number) => void | Promise<void>,
): Promise<number> {
  let line = 0;
  let bytesRead = 0;
  let ended = false;
  const plain = plainLines();
  for await (const page of readLines(file)) {
    const before = line;
    for (const bytes of page) {
      if (ended)
        throw new HistoryFault('it follows the checkpoint, which must be the last line of an export', { line: line + 2 });
      bytesRead += bytes.length;
      const parsed = parseAt(line + 1, plain(bytes));
      if ('checkpoint' in parsed) ended = true;
      else await onEvent(parsed, ++line);
    }
    onRead(line - before, bytesRead);
  }
  return line;
}

async function readEnding(file: string, verifiers: readonly NoteVerifier[]): Promise<Ending> {
  const tail = await readTail(file, TAIL);
  const last = lastLineIn(tail);
  if (!last) return { complete: true, own: undefined, fault: 'the export is incomplete: its last line should be a checkpoint' };
  const complete = last.complete !== false;
  if (last.checkpoint === null) return { complete, own: undefined, fault: `no checkpoint was signed: ${last.reason}` };
  try {
    const own = { ...(await verifyCheckpoint(last.checkpoint, verifiers)), source: "the export's own" };
    return { complete, own, extensions: last.extends, fault: undefined };
  } catch (error) {
    return { complete, own: undefined, fault: messageOf(error) };
  }
}

function parseAt(line: number, bytes: Buffer): ExportedEvent | LastLine {
  try {
    return parseLine(bytes);
  } catch (error) {
    throw new HistoryFault(messageOf(error), { line });
  }
}
