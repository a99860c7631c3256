/** Requests to another process. Each has a number that identifies its answer. */
export class PendingRequests<Answer> {
  readonly #open = new Map<number, (answer?: Answer) => void>();
  #asked = 0;

  /**
   * Sends a request and resolves to the answer; to undefined if it does not arrive in time, or can no longer arrive.
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

  /** Accepts an answer; undefined says that there is none. Ignores one that is too late. */
  answer(id: number, answer: Answer | undefined): void {
    this.#open.get(id)?.(answer);
  }

  /** Call it when the other process is gone. */
  giveUp(): void {
    for (const settle of this.#open.values()) settle();
  }
}
