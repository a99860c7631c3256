import { send } from '../api/send.js';
import type { Whole } from '../api/whole.js';
import { type EventFilter, HistoryPageDocument, type HistoryPageQuery } from '../gql/graphql.js';
import { isIncluded } from '../transparency/proofs.js';
import { readEvent, type ShownEvent } from '../transparency/shown-event.js';
import { type LogVerdict, verifyLog } from './verify-log.js';

/**
 * Whether an event was found in the signed log. `pending`: it is newer than the newest checkpoint. `unreadable`: what is stored is no
 * event that the server could read, and what it says of it proves nothing.
 */
export type Verdict = 'proved' | 'pending' | 'unchecked' | 'wrong' | 'unreadable';

export interface HistoryRow {
  event: ShownEvent;
  verdict: Verdict;
}

/** Events, the newest first. */
export interface HistorySlice {
  rows: HistoryRow[];
  log: LogVerdict;
  pageInfo: Whole<HistoryPageQuery>['events']['pageInfo'];
}

/** Before which event to go on; the newest where nothing is said. */
export interface Place {
  before?: string | undefined;
  after?: string | undefined;
}

type Node = Whole<HistoryPageQuery>['events']['edges'][number]['node'];

const SIZE = 20;

/** A page of events, each checked against the newest checkpoint, which itself is checked first. */
export async function loadHistory(filter: EventFilter, { before, after }: Place, signal: AbortSignal): Promise<HistorySlice> {
  const log = await verifyLog(signal);
  const tree = log.state === 'signed' ? log.tree : undefined;
  const size = after === undefined ? { last: SIZE, before } : { first: SIZE, after };
  const proof = { prove: tree !== undefined, treeSize: tree?.size ?? 0 };
  const { events } = await send(HistoryPageDocument, { filter, ...size, ...proof }, { signal });
  const rows = await Promise.all(
    events.edges.map(async ({ node }): Promise<HistoryRow> => {
      const { canonical, inclusionProof } = node;
      const event = canonical === null ? undefined : readEvent(canonical);
      if (!event) return { event: shownOf(node), verdict: 'unreadable' };
      if (!tree) return { event, verdict: 'unchecked' };
      if (!inclusionProof) return { event, verdict: 'pending' };
      return { event, verdict: (await isIncluded(event, inclusionProof, tree)) ? 'proved' : 'wrong' };
    }),
  );
  return { rows: withoutGaps(rows).reverse(), log, pageInfo: events.pageInfo };
}

/** What the server says of an event that nobody can read. */
function shownOf(node: Node): ShownEvent {
  const { eventId, at, actor, account, version, schemaVersion } = node;
  const type = node.__typename === 'UnknownKeyEvent' ? node.type : node.__typename;
  return { account, version, type, schemaVersion, id: eventId, data: {}, metadata: { at, actor } };
}

/** The log grows at its end alone: what stands before an event that was signed was signed with it, or is no part of the log. */
function withoutGaps(rows: HistoryRow[]): HistoryRow[] {
  const newest = rows.findLastIndex(({ verdict }) => verdict === 'proved');
  return rows.map((row, index) => (row.verdict === 'pending' && index < newest ? { ...row, verdict: 'wrong' } : row));
}
