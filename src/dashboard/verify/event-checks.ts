import { type Bytes, equal, toBase64 } from '../../domain/transparency/bytes.js';
import type { Checkpoint } from '../../domain/transparency/checkpoint.js';
import { canonicalLeaf } from '../../domain/transparency/leaf.js';
import { isOriginOf } from '../../domain/transparency/log-origin.js';
import { decodePath, verifyInclusion } from '../../domain/transparency/merkle-proof.js';
import { type Extended, type Extension, verifyExtension } from '../../domain/transparency/verify-extension.js';
import { webHashLeaf } from '../../domain/transparency/web-hashes.js';
import { messageOf } from '../api/failures.js';
import { counted } from '../ui/counted.js';
import { ExportFault } from './export-fault.js';
import type { EventLine } from './export-line.js';
import type { AskForProof, ProvedExport } from './verify-export.js';
import { WebFrontier } from './web-frontier.js';

export interface EventChecksOptions {
  /** The export's own checkpoint. Undefined if its signature does not hold. */
  own: Checkpoint | undefined;
  /** What the export has to prove that its log extends others. */
  extensions?: readonly Extension[] | undefined;
  isComplete: boolean;
  kept: readonly Checkpoint[];
  askForProof: AskForProof;
}

/** The result of the checks of one line that need no other line. */
interface Checked {
  event: EventLine;
  leafHash: Bytes | undefined;
  fault: string | undefined;
}

/** Checks the events of an export, in their order, in memory that grows only with the number of accounts. */
export class EventChecks {
  readonly #options: EventChecksOptions;
  readonly #tree = new WebFrontier();
  readonly #kept: Checkpoint[];
  readonly #accounts = new Map<string, { version: number; at: string }>();
  #last = { position: -1, leafIndex: -1 };
  #firstId: string | undefined;
  #events = 0;
  /** The first line that no kept checkpoint that holds covers. */
  #unproved = 1;

  constructor(options: EventChecksOptions) {
    this.#options = options;
    this.#kept = options.kept.toSorted((one, other) => one.size - other.size);
  }

  get events(): number {
    return this.#events;
  }

  /**
   * Checks the next events. Await it before you add others.
   * @throws ExportFault
   */
  async add(events: readonly EventLine[]): Promise<void> {
    for (const { event, leafHash, fault } of await Promise.all(events.map((event) => this.#alone(event)))) {
      const line = this.#events + 1;
      const found = fault ?? this.#inPlace(event);
      if (found !== undefined || !leafHash) throw new ExportFault(found ?? 'it has no hash', line, event.id);
      this.#events = line;
      this.#firstId ??= event.id;
      if (!this.#options.isComplete) continue;
      await this.#tree.append(leafHash);
      await this.#requireKept(line);
    }
  }

  /**
   * Ends the export with its checkpoint.
   * @throws ExportFault
   */
  async end(own: Checkpoint): Promise<ProvedExport> {
    const { isComplete } = this.#options;
    const kept = isComplete ? await this.#endWhole(own) : await this.#endPart(own);
    // Each event was proved to be in a place of its own: as many as were signed are all of them.
    const isWhole = isComplete || this.#events === own.size;
    return { events: this.#events, accounts: this.#accounts.size, checkpoint: own, isWhole, kept };
  }

  async #alone(event: EventLine): Promise<Checked> {
    try {
      const leafHash = await webHashLeaf(canonicalLeaf(event));
      if (toBase64(leafHash) !== event.leaf) return { event, leafHash, fault: 'the event was changed: its hash is another' };
      return { event, leafHash, fault: await this.#unproven(event, leafHash) };
    } catch (error) {
      return { event, leafHash: undefined, fault: messageOf(error) };
    }
  }

  async #unproven({ leafIndex, proof }: EventLine, leafHash: Bytes): Promise<string | undefined> {
    const { own, isComplete } = this.#options;
    if (isComplete) return proof ? 'it has a proof, but the export says that it is complete' : undefined;
    if (!own) return undefined;
    const path = decodePath(proof ?? []);
    const holds = path && (await verifyInclusion({ index: leafIndex, size: own.size, leafHash, root: own.root, path }));
    return holds ? undefined : `its proof does not lead to the signed log of ${counted(own.size, 'event')}`;
  }

  /** Why the event cannot follow the ones before it. */
  #inPlace({ position, leafIndex, account, version, metadata: { at } }: EventLine): string | undefined {
    const { isComplete } = this.#options;
    const before = this.#accounts.get(account);
    if (isComplete && leafIndex !== this.#last.leafIndex + 1)
      return `its place in the log is ${leafIndex}, but should be ${this.#last.leafIndex + 1}: an event is missing before it, or the lines were moved`;
    if (leafIndex <= this.#last.leafIndex)
      return 'its place in the log is not after that of the line before: the lines were moved';
    if (position <= this.#last.position) return 'its position is not after that of the line before';
    if (isComplete && version !== (before?.version ?? 0) + 1)
      return `its version is ${version}, but the next one of the account ${account} is ${(before?.version ?? 0) + 1}`;
    if (before && version <= before.version) return `its version is not after ${before.version}, the one of the event before`;
    if (before && at < before.at) return `its time ${at} is before ${before.at}, the time of the event before`;
    this.#accounts.set(account, { version, at });
    this.#last = { position, leafIndex };
    return undefined;
  }

  async #requireKept(line: number): Promise<void> {
    for (let [next] = this.#kept; next && next.size <= line; [next] = this.#kept) {
      if (next.size === line && !equal(await this.#tree.root(), next.root))
        throw new ExportFault(`lines ${this.#unproved} to ${line} are not the events of the checkpoint that you kept`, line);
      this.#kept.shift();
      this.#unproved = line + 1;
    }
  }

  async #endWhole(own: Checkpoint): Promise<number> {
    const line = this.#events + 1;
    const [missed] = this.#kept;
    if (missed)
      throw new ExportFault(
        `the file has ${counted(this.#events, 'event')}, but the checkpoint that you kept covers ${missed.size}`,
        line,
      );
    if (own.size !== this.#events)
      throw new ExportFault(`the file has ${counted(this.#events, 'event')}, but its checkpoint covers ${own.size}`, line);
    if (this.#firstId !== undefined && !isOriginOf(own.origin, this.#firstId))
      throw new ExportFault(`its checkpoint belongs to another log, ${own.origin}`, line);
    if (!equal(await this.#tree.root(), own.root))
      throw new ExportFault(`lines ${this.#unproved} to ${this.#events} are not the events that were signed`, line);
    return this.#options.kept.length;
  }

  async #endPart(own: Checkpoint): Promise<number> {
    const { kept } = this.#options;
    for (const earlier of kept) {
      const reason = REASONS[await this.#extended(earlier, own)](earlier, own);
      if (reason !== undefined) throw new ExportFault(reason, this.#events + 1);
    }
    return kept.length;
  }

  /** By the export's own proof, or else by one that is asked for. If that is wrong, nothing is shown: it may be of another log. */
  async #extended(earlier: Checkpoint, own: Checkpoint): Promise<Extended> {
    const { extensions, askForProof } = this.#options;
    const found = await verifyExtension(earlier, own, extensions);
    const path = found === 'unshown' ? await askForProof(earlier.size, own.size) : undefined;
    if (!path) return found;
    const isShown = (await verifyExtension(earlier, own, [{ size: earlier.size, path }])) === 'extended';
    return isShown ? 'extended' : found;
  }
}

/** What is wrong with a filtered export that is to extend a checkpoint that the user kept. */
const REASONS: Record<Extended, (kept: Checkpoint, own: Checkpoint) => string | undefined> = {
  extended: () => undefined,
  contradicted: (kept, own) =>
    `the log of ${counted(own.size, 'event')} does not begin with the ${kept.size} of the checkpoint that you kept: it was changed, or the proof of that was`,
  unshown: (kept, own) =>
    `nothing shows that the log of ${counted(own.size, 'event')} begins with the ${kept.size} of the checkpoint that you kept. Have it exported with “keyledger export --checkpoint” and this checkpoint`,
  behind: (kept, own) =>
    `the log of the export has ${counted(own.size, 'event')}, but the checkpoint that you kept covers ${kept.size}`,
};
