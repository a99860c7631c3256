/** Asks for proofs that begin after they were asked for. Those who ask while one is under way share the next. */
export class LeaderProof {
  readonly #prove: () => Promise<void>;
  #running: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;

  /** @param prove resolves if what is to be proved was so at some moment after the call */
  constructor(prove: () => Promise<void>) {
    this.#prove = prove;
  }

  /** @throws whatever `prove` throws */
  require(): Promise<void> {
    this.#next ??= this.#afterRunning();
    return this.#next;
  }

  async #afterRunning(): Promise<void> {
    await this.#running.catch(() => {});
    this.#next = undefined;
    this.#running = this.#prove();
    await this.#running;
  }
}
