import { send } from '../api/send.js';
import type { Whole } from '../api/whole.js';
import { type EventFilter, HistoryPageDocument, type HistoryPageQuery } from '../gql/graphql.js';
import { isIncluded } from '../verify/proofs.js';
import { readEvent, type ShownEvent } from '../verify/shown-event.js';
import { type LogVerdict, verifyLog } from './verify-log.js';

/** Whether an event was found in the signed log. `pending`: it is newer than the newest checkpoint. */
export type Verdict = 'proved' | 'pending' | 'unchecked' | 'wrong';

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

const SIZE = 20;

/** A page of events, each checked against the newest checkpoint, which itself is checked first. */
export async function loadHistory(filter: EventFilter, { before, after }: Place, signal: AbortSignal): Promise<HistorySlice> {
  const log = await verifyLog(signal);
  const tree = log.state === 'signed' ? log.tree : undefined;
  const size = after === undefined ? { last: SIZE, before } : { first: SIZE, after };
  const proof = { prove: tree !== undefined, treeSize: tree?.size ?? 0 };
  const { events } = await send(HistoryPageDocument, { filter, ...size, ...proof }, { signal });
  const rows = await Promise.all(
    events.edges.map(async ({ node: { canonical, inclusionProof } }): Promise<HistoryRow> => {
      const event = readEvent(canonical);
      if (!tree) return { event, verdict: 'unchecked' };
      if (!inclusionProof) return { event, verdict: 'pending' };
      return { event, verdict: (await isIncluded(event, inclusionProof, tree)) ? 'proved' : 'wrong' };
    }),
  );
  return { rows: withoutGaps(rows).reverse(), log, pageInfo: events.pageInfo };
}

/** The log grows at its end alone: what stands before an event that was signed was signed with it, or is no part of the log. */
function withoutGaps(rows: HistoryRow[]): HistoryRow[] {
  const newest = rows.findLastIndex(({ verdict }) => verdict === 'proved');
  return rows.map((row, index) => (row.verdict === 'pending' && index < newest ? { ...row, verdict: 'wrong' } : row));
}
