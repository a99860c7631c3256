import { type Decode, type ExportedEvent, HistoryFault, type Place, requireOwnLeaf } from './exported-event.js';
import { decodePath, verifyInclusion } from './merkle-proof.js';
import { hashNode } from './merkle-tree.js';
import { type KeptCheckpoint, read } from './verify-history.js';

/**
 * Verifies a filtered export: each event is in the signed tree at its index, and the events are in order. It cannot tell which events were
 * left out. Memory grows only with the number of accounts.
 */
export class ExcerptVerifier {
  readonly #checkpoint: KeptCheckpoint;
  readonly #decode: Decode;
  readonly #versions = new Map<string, { version: number; at: string }>();
  #last = { position: -1, leafIndex: -1 };
  #events = 0;

  constructor(checkpoint: KeptCheckpoint, decode: Decode) {
    this.#checkpoint = checkpoint;
    this.#decode = decode;
  }

  get events(): number {
    return this.#events;
  }

  /**
   * Verifies the next event. Await it before you add another.
   * @throws HistoryFault
   */
  async add(event: ExportedEvent): Promise<void> {
    const place = { line: this.#events + 1, position: event.position };
    const leafHash = requireOwnLeaf(event, place);
    const { position, leafIndex } = event;
    if (leafIndex <= this.#last.leafIndex) throw new HistoryFault(`the leaf index is not after ${this.#last.leafIndex}`, place);
    if (position <= this.#last.position) throw new HistoryFault(`the position is not after ${this.#last.position}`, place);
    this.#requireStream(event, place);
    const { size, root } = this.#checkpoint;
    const path = decodePath(event.proof ?? []);
    if (!path || !(await verifyInclusion({ index: leafIndex, size, leafHash, root, path }, hashNode))) {
      throw new HistoryFault(`the proof does not lead to the checkpoint of size ${size}`, place);
    }
    this.#last = { position, leafIndex };
    this.#events += 1;
  }

  #requireStream(event: ExportedEvent, place: Place): void {
    const { version, at } = read(this.#decode, event, place);
    const before = this.#versions.get(event.account);
    if (before && version <= before.version) throw new HistoryFault(`the version is not after ${before.version}`, place);
    if (before && at < before.at) throw new HistoryFault(`its time ${at} is before ${before.at}`, place);
    this.#versions.set(event.account, { version, at });
  }
}
