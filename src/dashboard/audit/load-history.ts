import type { Whole } from '../../client/answer.js';
import { type EventFilter, HistoryPageDocument, type HistoryPageQuery } from '../../client/gql/graphql.js';
import { send } from '../api/send.js';
import { isIncluded } from '../transparency/proofs.js';
import { readEvent, type ShownEvent } from '../transparency/shown-event.js';
import { type Place, pageAt } from '../ui/Pager.js';
import { type LogVerdict, verifyLog } from './verify-log.js';

/**
 * Whether an event is in the signed log. `pending`: it is newer than the newest checkpoint. `unreadable`: the server cannot read the stored
 * event, so there is nothing to verify.
 */
export type Verdict = 'proved' | 'pending' | 'unchecked' | 'wrong' | 'unreadable';

export interface HistoryRow {
  event: ShownEvent;
  verdict: Verdict;
  /** The place in the log, for comparison. */
  position: number;
}

/** A page of events, newest first. */
export interface HistorySlice {
  rows: HistoryRow[];
  log: LogVerdict;
  pageInfo: Whole<HistoryPageQuery>['events']['pageInfo'];
}

export type HistoryNode = Whole<HistoryPageQuery>['events']['edges'][number]['node'];

const SIZE = 20;

/** Loads a page of events. Verifies the newest checkpoint, then each event against it. */
export async function loadHistory(filter: EventFilter, place: Place, signal: AbortSignal): Promise<HistorySlice> {
  const log = await verifyLog(signal);
  const tree = log.state === 'signed' ? log.tree : undefined;
  const proof = { prove: tree !== undefined, treeSize: tree?.size ?? 0 };
  const { events } = await send(HistoryPageDocument, { filter, ...pageAt(place, SIZE), ...proof }, { signal });
  const rows = await Promise.all(
    events.edges.map(async ({ node }): Promise<HistoryRow> => {
      const { canonical, inclusionProof } = node;
      const event = canonical === null ? undefined : readEvent(canonical);
      const position = Number(node.position);
      if (!event) return { event: shownOf(node), verdict: 'unreadable', position };
      if (!tree) return { event, verdict: 'unchecked', position };
      if (!inclusionProof) return { event, verdict: 'pending', position };
      return { event, verdict: (await isIncluded(event, inclusionProof, tree)) ? 'proved' : 'wrong', position };
    }),
  );
  return { rows: withoutGaps(rows).reverse(), log, pageInfo: events.pageInfo };
}

/** The server's description of an unreadable event. */
export function shownOf(node: HistoryNode): ShownEvent {
  const { eventId, at, actor, account, version, schemaVersion } = node;
  const type = node.__typename === 'UnknownKeyEvent' ? node.type : node.__typename;
  return { account, version, type, schemaVersion, id: eventId, data: {}, metadata: { at, actor } };
}

/**
 * The log only grows at its end. An event before a proved one must be signed, too; otherwise it is not part of the log. The rows may be
 * in the order of their times.
 */
function withoutGaps(rows: HistoryRow[]): HistoryRow[] {
  const newest = Math.max(...rows.map(({ verdict, position }) => (verdict === 'proved' ? position : -1)));
  return rows.map((row) => (row.verdict === 'pending' && row.position < newest ? { ...row, verdict: 'wrong' } : row));
}
