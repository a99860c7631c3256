import { type Checkpoint, verifyCheckpoint } from '../../domain/transparency/checkpoint.js';
import type { NoteVerifier } from '../../domain/transparency/verifier-key.js';
import { messageOf } from '../api/failures.js';
import { EventChecks } from './event-checks.js';
import { ExportFault } from './export-fault.js';
import { type EventLine, type LastLine, MalformedLine, parseLine } from './export-line.js';
import { type Line, linesOf, NotLines } from './lines.js';

/** What was proved about an export. */
export interface ProvedExport {
  events: number;
  accounts: number;
  /** The export's own checkpoint, whose signature was verified. */
  checkpoint: Checkpoint;
  /** True if it holds all events that were signed. */
  isWhole: boolean;
  /** How many of the kept checkpoints agree with it. */
  kept: number;
}

/**
 * Asks for the proof that the log of `toSize` events begins with its first `fromSize`, in base64. Nobody has to trust the answer;
 * undefined if there is none.
 */
export type AskForProof = (fromSize: number, toSize: number) => Promise<string[] | undefined>;

export interface VerifyOptions {
  /** The key of the log. */
  key: NoteVerifier;
  /** Checkpoints that the user kept, verified. */
  kept: readonly Checkpoint[];
  askForProof: AskForProof;
  signal: AbortSignal;
  /** Called from time to time with how much of the file was read, from 0 to 1. */
  onProgress: (part: number) => void;
}

/** How many events are hashed at once. The page stays responsive in between. */
const BATCH = 512;

/** More than the last line needs, with the proofs of a thousand kept checkpoints. */
const TAIL = 4 * 1024 * 1024;

/**
 * Verifies an exported file, in parts.
 * @throws ExportFault with the first place where something is wrong; the reason of the signal
 */
export async function verifyExport(file: Blob, { key, signal, onProgress, ...given }: VerifyOptions): Promise<ProvedExport> {
  if (file.size === 0) throw new ExportFault('The file is empty.');
  const last = await lastLineOf(file);
  const own = last && (await ownCheckpoint(last, key));
  const isComplete = last !== undefined && last.complete !== false;
  const checks = new EventChecks({ own: own?.checkpoint, extensions: last?.extends, isComplete, ...given });
  let read = 0;
  const onRead = (bytes: number) => {
    read += bytes;
    onProgress(read / file.size);
  };
  const end = await checkLines(linesOf(file, onRead), checks, signal);
  if (end === undefined || !own)
    throw new ExportFault('the file is incomplete: the last line of an export is a checkpoint', checks.events + 1);
  if (!own.checkpoint) throw new ExportFault(own.fault, end);
  return checks.end(own.checkpoint);
}

/**
 * Checks each line.
 * @returns the number of the line with the checkpoint, if there is one
 */
async function checkLines(lines: AsyncIterable<Line>, checks: EventChecks, signal: AbortSignal): Promise<number | undefined> {
  let end: number | undefined;
  let batch: EventLine[] = [];
  const flush = (): Promise<void> => {
    const events = batch;
    batch = [];
    return checks.add(events);
  };
  try {
    for await (const line of lines) {
      signal.throwIfAborted();
      if (end !== undefined) throw new ExportFault('it follows the checkpoint, which must be the last line', line.number);
      const parsed = parsedAt(line);
      if ('checkpoint' in parsed) end = line.number;
      else batch.push(parsed);
      if (batch.length < BATCH) continue;
      await flush();
      await turn();
    }
  } catch (error) {
    // The lines before may hold an earlier fault.
    await flush();
    throw error instanceof NotLines ? new ExportFault(error.message, error.line) : error;
  }
  await flush();
  return end;
}

/** Lets the page do what else there is to do: answers of the Web Cryptography API come before it. */
function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

type Own = { checkpoint: Checkpoint } | { checkpoint: undefined; fault: string };

async function ownCheckpoint({ checkpoint, reason }: LastLine, key: NoteVerifier): Promise<Own> {
  if (checkpoint === null) return { checkpoint: undefined, fault: `the server did not sign this export: ${reason}` };
  try {
    return { checkpoint: await verifyCheckpoint(checkpoint, [key]) };
  } catch (error) {
    if (error instanceof DOMException) throw error;
    return { checkpoint: undefined, fault: messageOf(error) };
  }
}

/** Undefined if the file ends in another line. */
async function lastLineOf(file: Blob): Promise<LastLine | undefined> {
  const tail = await file.slice(-TAIL).text();
  const text = tail.trimEnd().split('\n').at(-1) ?? '';
  try {
    const line = parseLine(text.replace(/^\uFEFF/, ''));
    return 'checkpoint' in line ? line : undefined;
  } catch {
    return undefined;
  }
}

function parsedAt({ text, number, isWhole }: Line): EventLine | LastLine {
  try {
    if (!isWhole) throw new MalformedLine('it is incomplete: the file was cut off');
    return parseLine(text);
  } catch (error) {
    const hint = number === 1 ? '. This file is not an export of Keyledger' : '';
    throw new ExportFault(`${messageOf(error)}${hint}`, number);
  }
}
