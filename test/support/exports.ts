import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { completeExport } from '../../src/cli/transparency/export-lines.js';
import { formatEvent, type LastLine, parseLine } from '../../src/cli/transparency/history-line.js';
import { LogSigner } from '../../src/cli/transparency/log-signer.js';
import { readConfig } from '../../src/config.js';
import type { KeyEvent } from '../../src/domain/keys/model.js';
import { formatCheckpoint } from '../../src/domain/transparency/checkpoint.js';
import type { ExportedEvent } from '../../src/domain/transparency/exported-event.js';
import { leafBytes } from '../../src/domain/transparency/leaf.js';
import { logOrigin } from '../../src/domain/transparency/log-origin.js';
import { hashLeaf } from '../../src/domain/transparency/merkle-tree.js';
import { noteSigner, signNote } from '../../src/domain/transparency/sign-note.js';
import type { NoteVerifier } from '../../src/domain/transparency/verifier-key.js';
import type { KeptCheckpoint } from '../../src/domain/transparency/verify-history.js';
import { encode } from '../../src/store/codec.js';
import type { EventStore } from '../../src/store/event-store.js';
import { SqliteEventStore } from '../../src/store/sqlite/sqlite.js';
import { streamOf } from '../../src/store/streams.js';
import { temporaryDirectory } from './cleanup.js';
import { definition } from './rfc6962.js';
import { at, created, deleted, START } from './specification.js';

/** The setting, and the seed that it gives. */
export const LOG_KEY = Buffer.alloc(32, 7).toString('base64');
const SEED = Buffer.from(LOG_KEY, 'base64');

/** An account's nth event: it creates two keys, then deletes and creates in turn. */
export function nth(version: number): KeyEvent {
  const letter = (number: number) => 'abcdefghijklmnopqrstuvwxyz'.charAt(number % 26);
  const pair = Math.floor(version / 2);
  if (version === 1) return created(letter(0));
  return version % 2 === 0 ? created(letter(pair)) : deleted(letter(pair - 1));
}

/** Appends events of these accounts, one for each entry, by default a second apart. */
export async function recordTurns(
  store: EventStore,
  accounts: readonly string[],
  timeOf = (_account: string, place: number) => START + 1000 * place,
): Promise<void> {
  const versions = new Map<string, number>();
  for (const [place, account] of accounts.entries()) {
    const version = (versions.get(account) ?? 0) + 1;
    versions.set(account, version);
    const past = { ...nth(version), version, at: at(timeOf(account, place)), actor: 'owner' };
    await store.append(streamOf('apiKeys', account), version - 1, [encode(past, 'none')]);
  }
}

/** 300 events: the account `late` has the 20 from the 121st to the 140th, and six accounts share the others in turn. */
export const TURNS = Array.from({ length: 300 }, (_, place) => (place >= 120 && place < 140 ? 'late' : `account-${place % 6}`));

/** A data directory whose log holds these events. */
export async function directoryWith(accounts: readonly string[] = TURNS): Promise<string> {
  const directory = temporaryDirectory();
  const store = new SqliteEventStore(join(directory, 'events.db'));
  await recordTurns(store, accounts);
  await store.close();
  return directory;
}

/** The lines that `keyledger export` writes for the log in that data directory, each with its newline. */
export async function exported(directory: string): Promise<string[]> {
  return exportedFrom(new SqliteEventStore(join(directory, 'events.db')), directory);
}

/** Like `exported`, for a log in any store, which it closes. */
export async function exportedFrom(store: EventStore, directory = temporaryDirectory()): Promise<string[]> {
  const signer = await LogSigner.open(readConfig({ KEYLEDGER_DATA: directory, KEYLEDGER_LOG_KEY: LOG_KEY }), store);
  const lines: string[] = [];
  for await (const page of completeExport({ store, signer, onRead: () => {}, onLast: () => {} })) lines.push(...page);
  await store.close();
  return lines;
}

export function eventsIn(lines: readonly string[]): ExportedEvent[] {
  return lines.map((line) => parseLine(Buffer.from(line))).filter((line) => 'leaf' in line);
}

export function lastLineOf(lines: readonly string[]): LastLine {
  const last = parseLine(Buffer.from(lines.at(-1) ?? ''));
  if (!('checkpoint' in last)) throw new Error('The last line is an event.');
  return last;
}

/** The signed note for the first `size` of these events. */
export function noteFor(events: readonly ExportedEvent[], size: number, seed: Buffer = SEED): string {
  const signer = signerOf(events, seed);
  const root = definition(events.slice(0, size).map(leafBytes)).root(size);
  return signNote(formatCheckpoint({ origin: signer.name, size, root }), [signer]);
}

/** The key of the log that begins with the first of these events. */
export function signerOf(events: readonly ExportedEvent[], seed: Buffer = SEED): ReturnType<typeof noteSigner> & NoteVerifier {
  return noteSigner(logOrigin(events[0]?.id ?? ''), seed);
}

/** Verified checkpoints that an auditor kept. */
export function keptOf(events: readonly ExportedEvent[], sizes: readonly number[]): KeptCheckpoint[] {
  const { name: origin } = signerOf(events);
  return sizes.map((size) => {
    return { origin, size, root: definition(events.slice(0, size).map(leafBytes)).root(size), source: `kept at ${size}` };
  });
}

/** The line of a forger who knows how leaves are made. */
export function withLeaf(event: ExportedEvent): ExportedEvent {
  return { ...event, leaf: hashLeaf(leafBytes(event)).toString('base64') };
}

/** The lines of a forger who renumbers positions, leaves and versions, and recomputes every leaf. */
export function forged(events: readonly ExportedEvent[]): ExportedEvent[] {
  const versions = new Map<string, number>();
  return events.map((event, leafIndex) => {
    const version = (versions.get(event.account) ?? 0) + 1;
    versions.set(event.account, version);
    return withLeaf({ ...event, position: leafIndex + 1, leafIndex, version });
  });
}

export function linesOf(events: readonly ExportedEvent[]): string[] {
  return events.map(formatEvent);
}

/** Creates a file of these pieces. */
export function fileOf(...pieces: readonly (string | Buffer)[]): string {
  const file = join(temporaryDirectory(), 'file');
  writeFileSync(file, Buffer.concat(pieces.map((piece) => Buffer.from(piece))));
  return file;
}
