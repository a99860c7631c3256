import { decode } from '../../store/codec.js';
import type { RecordedEvent } from '../../store/event-store.js';
import { accountOf } from '../../store/streams.js';

/** Which keys to delete: one of these. */
export type Selection = { key: string } | { account: string } | { createdBefore: number };

/** A key that is selected and held. */
export interface SelectedKey {
  keyId: string;
  name: string;
  account: string;
}

/** A created key that its own dates do not select. */
interface Later {
  key: SelectedKey;
  /** When the creation is dated, in milliseconds since 1970. */
  date: number;
  /** True if the store keeps when it committed the creation. */
  isCommitKnown: boolean;
}

/**
 * Finds the keys of a selection that are held, from the events of the log in commit order. A key counts as created before a time if any of
 * these is earlier: the date of its creation, the store's own commit time, and the date of any event after it in the log. If the store
 * keeps no commit time, so does a key that is dated after the present. So a clock that was ahead hides no key.
 */
export class KeySelection {
  readonly #selection: Selection;
  readonly #held = new Map<string, SelectedKey>();
  /** Created keys that nothing has shown to be created before the time yet. */
  readonly #later = new Map<string, Later>();
  #matched = 0;

  constructor(selection: Selection) {
    this.#selection = selection;
  }

  /** How many keys match, deleted ones included. */
  get matched(): number {
    return this.#matched;
  }

  add(recorded: RecordedEvent): void {
    const event = decode(recorded);
    const date = Date.parse(event.at);
    const isBefore =
      'createdBefore' in this.#selection && Math.min(date, recorded.committedAt ?? date) < this.#selection.createdBefore;
    if (isBefore) this.#takeLater(() => true);
    if (event.type === 'KeyCreated') {
      const { keyId, name } = event.data;
      const key = { keyId, name, account: accountOf(recorded.stream) };
      if (isBefore || this.#isNamed(key)) this.#take(key);
      else if ('createdBefore' in this.#selection)
        this.#later.set(keyId, { key, date, isCommitKnown: recorded.committedAt !== undefined });
    }
    if (event.type === 'KeyDeleted') {
      this.#held.delete(event.data.keyId);
      this.#later.delete(event.data.keyId);
    }
  }

  /**
   * Call it after the last event. A later date is not possible, so nobody knows when these keys were created.
   * @param present in milliseconds since 1970
   */
  end(present: number): void {
    this.#takeLater(({ date, isCommitKnown }) => !isCommitKnown && date > present);
  }

  /** The ids of the selected keys, by account. */
  byAccount(): Map<string, string[]> {
    const accounts = new Map<string, string[]>();
    for (const { account, keyId } of this.#held.values()) {
      const keys = accounts.get(account);
      if (keys) keys.push(keyId);
      else accounts.set(account, [keyId]);
    }
    return accounts;
  }

  /** The selected keys that are held. */
  keys(): SelectedKey[] {
    return [...this.#held.values()];
  }

  #isNamed({ keyId, account }: SelectedKey): boolean {
    return 'key' in this.#selection
      ? this.#selection.key === keyId
      : 'account' in this.#selection && this.#selection.account === account;
  }

  #take(key: SelectedKey): void {
    this.#matched += 1;
    this.#held.set(key.keyId, key);
  }

  /** Selects the due keys among those that their own dates did not select. */
  #takeLater(isDue: (later: Later) => boolean): void {
    for (const [keyId, later] of this.#later) {
      if (!isDue(later)) continue;
      this.#later.delete(keyId);
      this.#take(later.key);
    }
  }
}
