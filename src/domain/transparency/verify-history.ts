import { countOf } from '../../shared/count-of.js';
import { messageOf } from '../../shared/message-of.js';
import { RecentIds } from '../../shared/recent-ids.js';
import type { PastKeyEvent } from '../keys/model.js';
import type { Checkpoint } from './checkpoint.js';
import { type Decode, type ExportedEvent, HistoryFault, type Place, requireOwnLeaf } from './exported-event.js';
import { isOriginOf } from './log-origin.js';
import { TreeFrontier } from './tree-frontier.js';
import { StreamVerifier } from './verify-streams.js';

/** A checkpoint whose signature was verified. */
export interface KeptCheckpoint extends Checkpoint {
  /** Where it was found, for messages. */
  source: string;
}

/** What was proved about a history. */
export interface VerifiedHistory {
  events: number;
  accounts: number;
  root: Buffer;
  checkpoints: KeptCheckpoint[];
}

export interface HistoryVerifierOptions {
  checkpoints: readonly KeptCheckpoint[];
  decode: Decode;
}

/**
 * Verifies a whole history, event by event, against checkpoints that were kept. Stops at the first fault. The fault is at the line that
 * contradicts itself or an earlier line; otherwise it is between the last checkpoint that holds and the first that does not.
 * Not verified: positions, except for their order (leaves do not hold them); ids that repeat after more events than `RecentIds` remembers.
 */
export class HistoryVerifier {
  readonly #decode: Decode;
  readonly #checkpoints: KeptCheckpoint[];
  readonly #tree = new TreeFrontier();
  readonly #streams = new StreamVerifier();
  readonly #ids = new RecentIds();
  #position = -1;
  #firstId: string | undefined;
  /** The number of checkpoints that hold. */
  #held = 0;
  /** The first event that no verified checkpoint covers yet. */
  #unproved: Place = { line: 1 };

  /** @throws HistoryFault if a checkpoint of no events has another root than the empty tree */
  constructor({ checkpoints, decode }: HistoryVerifierOptions) {
    this.#decode = decode;
    this.#checkpoints = [...checkpoints].sort((a, b) => a.size - b.size);
    this.#requireCheckpoints({ line: 1 });
  }

  /**
   * Verifies the next event.
   * @throws HistoryFault
   */
  add(event: ExportedEvent): void {
    const place = { line: this.#tree.size + 1, position: event.position };
    const leafHash = requireOwnLeaf(event, place);
    this.#requirePlace(event, place);
    if (this.#tree.size === 0) this.#requireOrigin(event, place);
    if (!this.#ids.add(event.id)) throw new HistoryFault(`the id ${event.id} occurred before`, place);
    const fault = this.#streams.add(event.account, read(this.#decode, event, place));
    if (fault !== undefined) throw new HistoryFault(fault, place);
    this.#tree.append(leafHash);
    this.#unproved.position ??= event.position;
    this.#requireCheckpoints(place);
  }

  /**
   * Ends the history. `own` is the checkpoint that came with it: it must cover exactly these events, and it does not help to locate a
   * fault.
   * @throws HistoryFault if a checkpoint covers more events, or if no checkpoint covers all of these
   */
  end(own?: KeptCheckpoint): VerifiedHistory {
    const { size } = this.#tree;
    const last = { line: size, position: this.#position };
    const missed = this.#checkpoints[this.#held];
    if (missed) this.#failShort(missed);
    if (own && this.#firstId !== undefined) requireSameLog(own, this.#firstId, { line: 1 });
    if (own && own.size > size) this.#failShort(own);
    if (own?.size !== size && this.#unproved.line <= size) {
      throw new HistoryFault('no checkpoint covers these events', this.#unproved, last);
    }
    if (own && own.size < size) throw new HistoryFault(`${named(own)} does not cover all ${size} events`, { line: size + 1 });
    const root = this.#tree.root();
    if (own && !root.equals(own.root)) throw new HistoryFault(changed(own), this.#unproved, last);
    const checkpoints = own ? [...this.#checkpoints, own] : this.#checkpoints;
    return { events: size, accounts: this.#streams.accounts, root, checkpoints };
  }

  #failShort(missed: KeptCheckpoint): never {
    const reason = `the history ends after ${countOf(this.#tree.size, 'event')}, but ${named(missed)} covers ${missed.size}`;
    throw new HistoryFault(reason, this.#unproved, { line: missed.size });
  }

  #requirePlace({ leafIndex, position }: ExportedEvent, place: Place): void {
    const { size } = this.#tree;
    if (leafIndex !== size) throw new HistoryFault(`the leaf index is ${leafIndex}, but should be ${size}`, place);
    if (position <= this.#position) throw new HistoryFault(`the position is not after ${this.#position}`, place);
    this.#position = position;
  }

  #requireOrigin({ id }: ExportedEvent, place: Place): void {
    this.#firstId = id;
    for (const checkpoint of this.#checkpoints) requireSameLog(checkpoint, id, place);
  }

  #requireCheckpoints(last: Place): void {
    const { size } = this.#tree;
    const since = this.#unproved;
    for (let next = this.#checkpoints[this.#held]; next?.size === size; next = this.#checkpoints[this.#held]) {
      if (!this.#tree.root().equals(next.root)) throw new HistoryFault(changed(next), since, last);
      this.#held += 1;
      this.#unproved = { line: size + 1 };
    }
  }
}

/**
 * Decodes the event for the domain.
 * @throws HistoryFault
 */
export function read(decode: Decode, event: ExportedEvent, place: Place): PastKeyEvent {
  try {
    return decode(event);
  } catch (error) {
    throw new HistoryFault(messageOf(error), place);
  }
}

function requireSameLog(checkpoint: KeptCheckpoint, firstEventId: string, place: Place): void {
  if (isOriginOf(checkpoint.origin, firstEventId)) return;
  throw new HistoryFault(
    `${named(checkpoint)} belongs to the log ${checkpoint.origin}, which begins with another event`,
    place,
  );
}

function changed(checkpoint: KeptCheckpoint): string {
  return `these are not the events that ${named(checkpoint)} covers`;
}

/** The checkpoint, for messages. */
export function named({ source, size }: KeptCheckpoint): string {
  return `the checkpoint of size ${size} (${source})`;
}
