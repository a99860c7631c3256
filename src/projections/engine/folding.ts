/** The accounts' states while a batch of events is folded into them. Each is read from its table once. */
export class Folding<State> {
  readonly #load: (account: string) => State;
  readonly #loaded = new Map<string, State>();
  /** The states that differ from those in the table. */
  readonly changed = new Map<string, State>();

  /** @param load reads an account's state from its table */
  constructor(load: (account: string) => State) {
    this.#load = load;
  }

  /** The state after the events so far. */
  of(account: string): State {
    const known = this.changed.get(account) ?? this.#loaded.get(account);
    if (known !== undefined) return known;
    const state = this.#load(account);
    this.#loaded.set(account, state);
    return state;
  }

  change(account: string, state: State): void {
    this.changed.set(account, state);
  }
}
