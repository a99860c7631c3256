import { messageOf } from '../../shared/message-of.js';
import type { PastKeyEvent } from '../keys/model.js';
import { canonicalLeaf, type Leaf } from './leaf.js';
import { hashLeafText } from './merkle-tree.js';

/** A line of an export: an event as stored, and its leaf in the tree. */
export interface ExportedEvent extends Leaf {
  /** The event's position in the store that it came from: ordered, with gaps, and not part of the leaf. */
  position: number;
  /** The leaf's hash in base64. */
  leaf: string;
  /** From 0, in commit order. */
  leafIndex: number;
  /** The path to the root in base64, lowest first; only in a filtered export. */
  proof?: string[] | undefined;
}

/** Decodes the event for the domain. Throws if it cannot be decoded. */
export type Decode = (event: ExportedEvent) => PastKeyEvent;

/** A place in an export. */
export interface Place {
  /** From 1. */
  line: number;
  /** Undefined if there is no such event. */
  position?: number | undefined;
}

/** An export contradicts itself or a checkpoint. The fault is between the first and the last place, if these differ. */
export class HistoryFault extends Error {
  constructor(
    readonly reason: string,
    readonly first: Place,
    readonly last: Place = first,
  ) {
    super(`${formatPlaces(first, last)}: ${reason}`);
  }
}

/**
 * Computes the leaf hash of the line from its members.
 * @throws HistoryFault if the line states another hash, or if its members have no canonical form
 */
export function requireOwnLeaf(event: ExportedEvent, place: Place): Buffer {
  const leafHash = computeLeaf(event, place);
  if (leafHash.toString('base64') === event.leaf) return leafHash;
  throw new HistoryFault('the leaf is not the hash of the event', place);
}

function computeLeaf(event: ExportedEvent, place: Place): Buffer {
  try {
    return hashLeafText(canonicalLeaf(event));
  } catch (error) {
    throw new HistoryFault(messageOf(error), place);
  }
}

function formatPlaces(first: Place, last: Place): string {
  if (first.line === last.line)
    return `line ${first.line}${first.position === undefined ? '' : `, position ${first.position}`}`;
  const positions = first.position === undefined ? '' : `, positions ${first.position} to ${last.position ?? 'the end'}`;
  return `lines ${first.line} to ${last.line}${positions}`;
}
