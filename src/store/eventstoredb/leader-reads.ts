/**
 * For how many milliseconds a node that led needs no further proof. The others take longer to elect another: where that was measured, with
 * EventStoreDB's default settings, 7 s after a pause began. A node that was cut off stopped leading after 5 s.
 */
const TRUSTED = 3000;

/** Knows when the node that answers reads last led, so that few reads need a proof of that. */
export class LeaderReads {
  readonly #client: { readonly current: unknown };
  readonly #requireLeader: () => Promise<void>;
  /** When which client's node last led, by `performance.now()`. */
  #led: { client: unknown; at: number } | undefined;

  /**
   * @param client its present client
   * @param requireLeader resolves once the node has shown that it leads
   */
  constructor(client: { readonly current: unknown }, requireLeader: () => Promise<void>) {
    this.#client = client;
    this.#requireLeader = requireLeader;
  }

  /**
   * Call it before a read that requires the leader.
   * @returns what to call after it. That returns the instant after which the read held all of the log, by `performance.now()`; undefined if
   * the client was replaced meanwhile
   */
  async begin(): Promise<() => number | undefined> {
    const { current } = this.#client;
    const at = performance.now();
    const led = this.#led;
    if (!led || led.client !== current || at - led.at > TRUSTED) await this.#requireLeader();
    return () => {
      if (current !== this.#client.current) return undefined;
      this.#led = { client: current, at };
      return at;
    };
  }
}
