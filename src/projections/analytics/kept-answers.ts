import { isWithin } from '../engine/page.js';
import type { Answered } from './question.js';

/** The answers for the present state of the tables, one for each question. The least recently used one makes room for another. */
export class KeptAnswers {
  readonly #limit: number;
  readonly #answers = new Map<string, Answered>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The answer to the question in that state of the tables and at that instant; undefined if it has to be computed. */
  find(name: string, state: string, at: number): Answered | undefined {
    const kept = this.#answers.get(name);
    if (!kept?.validity || kept.state !== state || !isWithin(kept.validity, at)) return undefined;
    this.keep(name, kept);
    return { ...kept, moment: { ...kept.moment, at } };
  }

  keep(name: string, answered: Answered): void {
    this.#answers.delete(name);
    if (!answered.validity) return;
    this.#answers.set(name, answered);
    const [oldest] = this.#answers.keys();
    if (oldest !== undefined && this.#answers.size > this.#limit) this.#answers.delete(oldest);
  }
}
