import { hash } from 'node:crypto';
import type { VerifiedKey } from './verified-key.js';

/** One stands still while the machine sleeps, the other can be set back. A key is remembered while neither says that its time is over. */
const CLOCKS = [() => performance.now(), () => Date.now()];

interface Entry {
  key: VerifiedKey;
  /** For each clock, when the entry ends. */
  until: number[];
}

export interface AcceptedKeysOptions {
  /** For how many milliseconds a key is remembered, at most. */
  lifetime: number;
  /** How many keys are remembered, at most. */
  size: number;
  clocks?: (() => number)[];
}

/** Remembers keys that Keyledger accepted, by a hash of their credentials. It holds no secret and no refusal. */
export class AcceptedKeys {
  readonly #entries = new Map<string, Entry>();
  readonly #lifetime: number;
  readonly #size: number;
  readonly #clocks: (() => number)[];

  constructor({ lifetime, size, clocks = CLOCKS }: AcceptedKeysOptions) {
    this.#lifetime = lifetime;
    this.#size = size;
    this.#clocks = clocks;
  }

  find(authorization: string): VerifiedKey | undefined {
    const entry = this.#entries.get(hashOf(authorization));
    return entry && this.now().every((now, clock) => now < (entry.until[clock] ?? 0)) ? entry.key : undefined;
  }

  /** The present by each clock. Take it before you ask Keyledger: the lifetime of an entry counts from then. */
  now(): number[] {
    return this.#clocks.map((clock) => clock());
  }

  /**
   * Remembers a key until its own end or the end of its lifetime here. The oldest entry makes room.
   * @param expiresIn for how many milliseconds after `asked` the key surely is valid, unless it is deleted
   */
  add(authorization: string, key: VerifiedKey, asked: number[], expiresIn: number): void {
    const lasts = Math.min(this.#lifetime, expiresIn);
    const name = hashOf(authorization);
    this.#entries.delete(name);
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined && this.#entries.size >= this.#size) this.#entries.delete(oldest);
    this.#entries.set(name, { key, until: asked.map((instant) => instant + lasts) });
  }
}

function hashOf(authorization: string): string {
  return hash('sha256', authorization, 'base64');
}
