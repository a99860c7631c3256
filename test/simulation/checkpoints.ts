import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Checkpoint } from '../../src/domain/transparency/checkpoint.js';
import { checkpointIn, notesIn } from '../../src/domain/transparency/note-file.js';
import type { SignedCheckpoint } from '../../src/domain/transparency/sign-checkpoint.js';
import { DATA_FILE } from '../../src/shared/data-files.js';
import { leafTextOf } from '../../src/store/codec.js';
import { definition } from '../support/rfc6962.js';
import type { Ledger } from './ledger.js';
import type { Machine } from './machine.js';
import { Violation } from './violation.js';

/** Checks every checkpoint against the tree that RFC 6962 defines over the log. */
export class Checkpoints {
  readonly #ledger: Ledger;
  /** The largest size that each machine has shown. */
  readonly #sizes = new Map<Machine, number>();
  /** What each machine has shown. */
  readonly #shown = new Map<Machine, Set<string>>();
  /** The leaves of the events so far. The tree remembers the nodes over them. */
  readonly #leaves: Buffer[] = [];
  readonly #tree = definition(this.#leaves);

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** A client was shown a checkpoint. */
  shown(checkpoint: SignedCheckpoint, machine: Machine): void {
    this.#require([checkpoint]);
    const largest = this.#sizes.get(machine) ?? 0;
    if (checkpoint.size < largest)
      throw new Violation('a checkpoint extends what was shown before', `${checkpoint.size} after ${largest}`);
    this.#sizes.set(machine, checkpoint.size);
    if (!notesOf(machine).includes(checkpoint.note))
      throw new Violation('a checkpoint is kept before it is shown', `size ${checkpoint.size}`);
    this.#shown.set(machine, (this.#shown.get(machine) ?? new Set()).add(checkpoint.note));
  }

  /** What the machine has kept, and it has kept all that it has shown. */
  kept(machine: Machine): void {
    const notes = notesOf(machine);
    this.#require(notes.map(checkpointIn));
    for (const note of this.#shown.get(machine) ?? [])
      if (!notes.includes(note)) throw new Violation('a checkpoint that was shown stays kept', note);
  }

  #require(checkpoints: Pick<Checkpoint, 'size' | 'root'>[]): void {
    const { events } = this.#ledger;
    for (const event of events.slice(this.#leaves.length)) this.#leaves.push(Buffer.from(leafTextOf(event)));
    for (const { size, root: signed } of checkpoints) {
      if (size > events.length || !this.#tree.root(size).equals(signed))
        throw new Violation('every checkpoint is one of the log', `size ${size}`);
    }
  }
}

function notesOf({ directory }: Machine): string[] {
  const file = join(directory, DATA_FILE.checkpoints);
  return existsSync(file) ? notesIn(readFileSync(file, 'utf8')) : [];
}
