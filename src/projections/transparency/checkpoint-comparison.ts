import type { EventStore, LogMismatch } from '../../store/event-store.js';
import type { FirstEvent } from '../engine/position.js';
import type { ProjectionRunner } from '../engine/runner.js';
import type { CheckpointFile, KeptNote } from './checkpoint-file.js';
import { changed, countGaps, lacking, sinceEndOf } from './log-difference.js';
import { currentOrigin } from './origins.js';
import type { TransparencyProjection } from './transparency.js';

export interface CheckpointComparisonOptions {
  store: EventStore;
  tree: TransparencyProjection;
  /** Fills the tree. */
  treeRunner: Pick<ProjectionRunner<TransparencyProjection>, 'catchesUp' | 'readsOn'>;
  checkpoints: CheckpointFile;
}

/** Compares the tree with the checkpoints that this data directory keeps. */
export class CheckpointComparison {
  readonly #options: CheckpointComparisonOptions;
  /** The cached result for each checkpoint that does not hold, by tree size. */
  readonly #judged = new Map<string, LogMismatch | undefined>();

  constructor(options: CheckpointComparisonOptions) {
    this.#options = options;
  }

  /**
   * @param first the log's first event; undefined if the log is empty
   * @returns why the log is not what was signed, or `holds`; `behind` if the tree does not hold all that was signed yet
   */
  async compare(first: FirstEvent | undefined): Promise<LogMismatch | 'holds' | 'behind'> {
    const { tree, treeRunner } = this.#options;
    const kept = await this.#signed(first);
    // If nothing was signed, there is no need to wait for the tree.
    if (kept.length > 0 && !(await treeRunner.catchesUp())) return 'behind';
    const largest = Math.max(0, ...kept.map(({ size }) => size));
    // Another process may have signed events that this tree does not hold yet.
    if (tree.size() < largest && !(await treeRunner.readsOn())) return 'behind';
    // A tree that has stopped growing proves nothing about what was signed later.
    const lost = tree.quarantine.isEmpty() ? findLost(kept, tree) : kept.at(-1);
    return (lost && (await this.#judge(lost))) ?? 'holds';
  }

  /** An account whose stream lacks events is not a mismatch of the log: nothing is signed, and other accounts are not affected. */
  async #judge(lost: KeptNote): Promise<LogMismatch | undefined> {
    const { store, tree } = this.#options;
    const isComplete = tree.quarantine.isEmpty();
    const name = `${tree.size()} ${lost.note}`;
    if (isComplete && this.#judged.has(name)) return this.#judged.get(name);
    await store.requireLeader?.();
    const counted = await countGaps(store);
    const missing = lost.size - counted.size - counted.gaps;
    const isGap = counted.gaps > 0 || !isComplete;
    const verdict = missing > 0 ? lacking(missing, sinceEndOf(counted), 0) : isGap ? undefined : changed(lost.size);
    this.#judged.set(name, verdict);
    return verdict;
  }

  /** The kept checkpoints that were signed under the log's present name. */
  async #signed(first: FirstEvent | undefined): Promise<KeptNote[]> {
    if (!first) return [];
    const { name } = await currentOrigin(this.#options.store, first.id);
    const notes = await this.#options.checkpoints.readable();
    return notes.filter(({ origin }) => origin === name).sort((a, b) => a.size - b.size);
  }
}

/** The first checkpoint that the tree does not hold. */
export function findLost<C extends { size: number; root: Uint8Array }>(
  kept: readonly C[],
  tree: Pick<TransparencyProjection, 'size' | 'root'>,
): C | undefined {
  return kept.find(({ size, root }) => size > tree.size() || !tree.root(size).equals(root));
}
