import type { KeyEvent, PastKeyEvent } from '../../src/domain/keys/model.js';
import { type Decode, type ExportedEvent, HistoryFault } from '../../src/domain/transparency/exported-event.js';
import { leafBytes } from '../../src/domain/transparency/leaf.js';
import { hashLeaf } from '../../src/domain/transparency/merkle-tree.js';
import type { KeptCheckpoint } from '../../src/domain/transparency/verify-history.js';
import { definition } from './rfc6962.js';
import { at, created, deleted, START } from './specification.js';

/** An event of a history. The account is `a`, unless it says another. */
export interface Turn {
  event: KeyEvent;
  account?: string;
  time?: number;
  id?: string;
}

export const TURNS: Turn[] = [
  { event: created('a') },
  { event: created('b') },
  { event: created('a'), account: 'b' },
  { event: deleted('a') },
  { event: created('c') },
];

/** The name of a log that begins with the first event of `historyOf`. */
export const ORIGIN = 'keyledger/event-0';

function timeIn({ time = START }: Turn, leafIndex: number): string {
  return at(time + 1000 * leafIndex);
}

/** A history of these events, a second apart, with correct places and leaves. */
export function historyOf(turns: readonly Turn[]): ExportedEvent[] {
  const versions = new Map<string, number>();
  return turns.map((turn, leafIndex) => {
    const { event, account = 'a', id } = turn;
    const version = (versions.get(account) ?? 0) + 1;
    versions.set(account, version);
    const metadata = { at: timeIn(turn, leafIndex), actor: 'owner', correlationId: 'none' };
    const leaf = { ...event, account, version, schemaVersion: 1, id: id ?? `event-${leafIndex}`, metadata };
    return { ...leaf, position: 10 * leafIndex, leafIndex, leaf: hashLeaf(leafBytes(leaf)).toString('base64') };
  });
}

export function checkpoint(events: readonly ExportedEvent[], size = events.length): KeptCheckpoint {
  return { origin: ORIGIN, size, root: definition(events.map(leafBytes)).root(size), source: `size ${size}` };
}

/** Decodes by looking up the turns, which are known to be valid events. */
export function decoder(turns: readonly Turn[]): Decode {
  return ({ leafIndex, version }: ExportedEvent): PastKeyEvent => {
    const turn = turns[leafIndex];
    if (!turn) throw new Error('unreadable');
    return { ...turn.event, version, at: timeIn(turn, leafIndex), actor: 'owner' };
  };
}

/** The fault's first line, its last line, and its reason. */
export async function faultOf(work: () => unknown): Promise<[first: number, last: number, reason: string]> {
  try {
    await work();
  } catch (error) {
    if (error instanceof HistoryFault) return [error.first.line, error.last.line, error.reason];
    throw error;
  }
  throw new Error('All holds.');
}
