import { CheckpointDocument, type EventFilter, HistoryPageDocument } from '../../client/gql/graphql.js';
import { send } from '../api/send.js';
import { isIncluded } from '../transparency/proofs.js';
import { readEvent } from '../transparency/shown-event.js';
import { type SignedTree, verifyTree } from '../transparency/signed-tree.js';
import type { Sheet } from '../ui/csv.js';
import { type HistoryNode, shownOf } from './load-history.js';

/** The lines of a file, and what is not in it. */
export interface ExportedEvents {
  /** Each with its newline. */
  lines: string[];
  events: number;
  /** True if the file holds all events that were signed. */
  isWhole: boolean;
  /** Events that no checkpoint covers yet. */
  unsigned: number;
  /** Events that the server cannot read. */
  unreadable: number;
}

export interface ExportOptions {
  signal: AbortSignal;
  /** Called with the number of events that were read so far. */
  onProgress: (events: number) => void;
}

/** An event of the answer is not in the signed log. */
class NotProved extends Error {}

/** How many events to ask for at once: the most that the API gives. */
const PAGE = 100;

/**
 * The events that match the filter, each with its proof, then the signed checkpoint, as `keyledger export` writes a filtered export:
 * `keyledger verify-log` verifies it. Each proof is verified here first. It proves that no event is missing only if it
 * holds all of them.
 * @throws NotProved, and as `send` and `verifyTree` do
 */
export async function exportWithProofs(filter: EventFilter, options: ExportOptions): Promise<ExportedEvents> {
  const { checkpoint } = await send(CheckpointDocument, {}, options);
  const tree = await verifyTree(checkpoint);
  const found: { leafIndex: number; line: string }[] = [];
  const missing = { unsigned: 0, unreadable: 0 };
  for await (const node of eachEvent(filter, options, tree)) {
    const { canonical, inclusionProof } = node;
    if (canonical === null) missing.unreadable += 1;
    else if (inclusionProof) found.push({ leafIndex: inclusionProof.leafIndex, line: await lineOf(node, tree) });
    else missing.unsigned += 1;
  }
  // The API gives events in the order of their times if the filter has one; an export is in the order of the log.
  found.sort((one, other) => one.leafIndex - other.leafIndex);
  const lines = found.map(({ line }) => line);
  const last = lineFrom({ checkpoint: checkpoint.note, complete: false });
  return { lines: [...lines, last], events: lines.length, isWhole: lines.length === tree.size, ...missing };
}

/** The events that match the filter, as a sheet without proofs. */
export async function exportSheet(filter: EventFilter, options: ExportOptions): Promise<Sheet> {
  const rows: Sheet['rows'] = [];
  for await (const node of eachEvent(filter, options, undefined)) {
    const { type, account, version, id, data, metadata } = (node.canonical && readEvent(node.canonical)) || shownOf(node);
    const { at, actor, correlationId } = metadata;
    const { secretHash, ...content } = data;
    rows.push([
      at,
      type,
      account,
      version,
      actor,
      String(data.keyId ?? ''),
      String(data.name ?? ''),
      id,
      String(correlationId ?? ''),
      JSON.stringify(content),
    ]);
  }
  return { columns: ['at', 'type', 'account', 'version', 'actor', 'keyId', 'name', 'eventId', 'correlationId', 'data'], rows };
}

async function* eachEvent(
  filter: EventFilter,
  { signal, onProgress }: ExportOptions,
  tree: SignedTree | undefined,
): AsyncGenerator<HistoryNode> {
  const proof = { prove: tree !== undefined, treeSize: tree?.size ?? 0 };
  let read = 0;
  let after: string | undefined;
  do {
    const page = { first: PAGE, ...(after !== undefined && { after }) };
    const { events } = await send(HistoryPageDocument, { filter, ...page, ...proof }, { signal });
    for (const { node } of events.edges) yield node;
    read += events.edges.length;
    onProgress(read);
    after = events.pageInfo.hasNextPage ? (events.pageInfo.endCursor ?? undefined) : undefined;
  } while (after !== undefined);
}

async function lineOf({ canonical, inclusionProof, position, eventId }: HistoryNode, tree: SignedTree): Promise<string> {
  const event = canonical === null ? undefined : readEvent(canonical);
  if (!event || !inclusionProof || !(await isIncluded(event, inclusionProof, tree)))
    throw new NotProved(`The event ${eventId} is not in the signed log, so nothing was saved.`);
  const { account, version, type, schemaVersion, id, data, metadata } = event;
  const { leafHash: leaf, leafIndex, path: proof } = inclusionProof;
  const members = { position: Number(position), account, version, type, schemaVersion, id, data, metadata };
  return lineFrom({ ...members, leaf, leafIndex, proof });
}

function lineFrom(members: object): string {
  return `${JSON.stringify(members)}\n`;
}
