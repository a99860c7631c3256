/** How many messages are kept of each kind. */
const KEPT = 20;

/** What became of all requests. */
export class Tally {
  /** How many were answered, by what was asked. */
  readonly answered: Record<string, number> = {};
  /** How many failed because the server was being restarted. */
  interrupted = 0;
  failed = 0;
  wrong = 0;
  /** The first failures and wrong answers. */
  readonly messages: string[] = [];
  readonly #start = performance.now();
  #downSince: number | undefined;
  #upSince = 0;

  /** Call it before the server is stopped, and once it serves again. */
  isDown(isDown: boolean): void {
    if (isDown) this.#downSince = performance.now();
    else [this.#downSince, this.#upSince] = [undefined, performance.now()];
  }

  /** Asks, and counts the answer. @throws what the question throws */
  async count<T>(name: string, question: () => Promise<T>): Promise<T> {
    const sent = performance.now();
    try {
      const answer = await question();
      this.add(name);
      return answer;
    } catch (error) {
      // It was sent while the server was down, or the server has been stopped since.
      if (this.#downSince !== undefined || sent <= this.#upSince) this.interrupted += 1;
      else {
        this.failed += 1;
        this.#keep(`${name}: ${error}`);
      }
      throw error;
    }
  }

  /** Counts an answer. */
  add(name: string): void {
    this.answered[name] = (this.answered[name] ?? 0) + 1;
  }

  /** Counts a wrong answer. */
  require(isRight: boolean, message: string): void {
    if (isRight) return;
    this.wrong += 1;
    this.#keep(message);
  }

  #keep(message: string): void {
    const seconds = Math.round((performance.now() - this.#start) / 1000);
    if (this.messages.length < KEPT) this.messages.push(`${message} (after ${seconds} s)`);
  }
}
