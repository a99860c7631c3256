/** What hostile clients have before them. */
export interface Target {
  /** The origin. */
  url: string;
  /** Of owners, on whose accounts nothing happens. */
  tokens: string[];
  /** Of an owner, on whose account the attack makes events. */
  busy: { token: string; account: string };
  /** How many connections a crowd has. */
  crowd: number;
}

/** What has happened to hostile clients, by names of our own. */
export type Tally = Record<string, number>;

export interface Outcome {
  tally: Tally;
  /** For which part of the time, and of the clients, the attack went on: 1 for all of both. 0: there was none. */
  wentOn: number;
}

/** Resolves when the clients are in place. The function it answers with makes them leave. */
export type Attack = (target: Target) => Promise<() => Outcome>;

/** In which seconds since its start something went on. */
export class Activity {
  readonly #start = performance.now();
  readonly #seconds = new Set<number>();
  readonly #going = new Set<{ since: number }>();

  /** Something begins. Call what it returns at the end. */
  begin(): () => void {
    const begun = { since: this.#second() };
    this.#going.add(begun);
    return () => {
      this.#going.delete(begun);
      this.#mark(begun.since);
    };
  }

  /** Something happens. */
  note(): void {
    this.#mark(this.#second());
  }

  /** The share of the seconds that are over. */
  share(): number {
    for (const { since } of this.#going) this.#mark(since);
    const over = this.#second();
    return over === 0 ? 0 : [...this.#seconds].filter((second) => second < over).length / over;
  }

  #mark(since: number): void {
    for (let second = since; second <= this.#second(); second += 1) this.#seconds.add(second);
  }

  #second(): number {
    return Math.floor((performance.now() - this.#start) / 1000);
  }
}
