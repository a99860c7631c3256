/** Requests to another process, each with a number by which its answer is known. */
export class PendingRequests<Answer> {
  readonly #open = new Map<number, (answer?: Answer) => void>();
  #asked = 0;

  /**
   * Asks, and resolves with the answer; with undefined when it does not come in time, or cannot come any more.
   * @param patience in milliseconds
   */
  ask(send: (id: number) => void, patience: number): Promise<Answer | undefined> {
    const id = ++this.#asked;
    return new Promise((resolve) => {
      const settle = (answer?: Answer) => {
        clearTimeout(timer);
        this.#open.delete(id);
        resolve(answer);
      };
      const timer = setTimeout(settle, patience);
      this.#open.set(id, settle);
      send(id);
    });
  }

  /** Takes an answer; one that comes too late is passed over. */
  answer(id: number, answer: Answer): void {
    this.#open.get(id)?.(answer);
  }

  /** The other process is gone. */
  giveUp(): void {
    for (const settle of this.#open.values()) settle();
  }
}
