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

/**
 * Finds the keys of a selection that are held, from the events of the log in commit order. A key counts as created before a time if any of
 * these is earlier: the date of its creation, the store's own commit time, and the date of any event after it in the log. So a clock that
 * was ahead hides no key.
 */
export class KeySelection {
  readonly #selection: Selection;
  readonly #held = new Map<string, SelectedKey>();
  /** Created keys that nothing has shown to be created before the time yet. */
  readonly #later = new Map<string, SelectedKey>();
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
    const isBefore = 'createdBefore' in this.#selection && isEarlier(recorded, event.at, this.#selection.createdBefore);
    if (isBefore) this.#takeEarlier();
    if (event.type === 'KeyCreated') {
      const { keyId, name } = event.data;
      const key = { keyId, name, account: accountOf(recorded.stream) };
      if (isBefore || this.#isNamed(key)) this.#take(key);
      else if ('createdBefore' in this.#selection) this.#later.set(keyId, key);
    }
    if (event.type === 'KeyDeleted') {
      this.#held.delete(event.data.keyId);
      this.#later.delete(event.data.keyId);
    }
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

  /** Selects what stands in the log before an event that is early enough. */
  #takeEarlier(): void {
    for (const key of this.#later.values()) this.#take(key);
    this.#later.clear();
  }
}

function isEarlier({ committedAt }: RecordedEvent, at: string, time: number): boolean {
  return Math.min(Date.parse(at), committedAt ?? Number.POSITIVE_INFINITY) < time;
}
