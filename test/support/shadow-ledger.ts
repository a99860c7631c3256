/** Later than every instant. */
const EVER = Number.MAX_SAFE_INTEGER;

/** A key's life. All times are in milliseconds since 1970, as they were dated: the time of an account never runs back. */
interface ShadowKey {
  account: string;
  keyId: string;
  /** Each name, and since when it was known. The last known one counts. */
  names: { known: number; name: string }[];
  scopes: string[];
  lifetime: number | undefined;
  createdAt: number;
  endedAt: number;
  /** Each expiry, and from when on it was known. The last known one counts. */
  expiries: { known: number; at: number }[];
  /** Each time that it was disabled (true) or enabled. */
  switches: { known: number; disabled: boolean }[];
}

type NewShadowKey = Pick<ShadowKey, 'keyId' | 'scopes' | 'lifetime'> & { name: string };

/** A key as it was at an instant. */
export interface ShadowSnapshot {
  keyId: string;
  name: string;
  scopes: string[];
  createdAt: string;
  expiresAt: string | null;
  disabledAt: string | null;
  couldAuthenticate: boolean;
}

/**
 * The design's rules for keys in the simplest form: no events, no versions, no fold, only a list of lives. A change records when something
 * began or ended, and a question goes through the whole list.
 */
export class ShadowLedger {
  readonly keys: ShadowKey[] = [];
  /** Each time that an account was frozen (true) or thawed. */
  readonly freezes: { account: string; known: number; frozen: boolean }[] = [];
  /** The dates of what happened, by account. */
  readonly #dates = new Map<string, number[]>();

  /** The dates of what happened to the account, in ascending order. */
  datesOf(account: string): readonly number[] {
    return this.#dates.get(account) ?? [];
  }

  /** The keys that the account held at that instant, the oldest first. What happened at exactly that instant is included. */
  asOf(account: string, instant: number): ShadowSnapshot[] {
    return this.#held(account, instant).map((key) => ({
      keyId: key.keyId,
      name: nameAt(key, instant),
      scopes: key.scopes,
      createdAt: new Date(key.createdAt).toISOString(),
      expiresAt: Number.isFinite(expiryAt(key, instant)) ? new Date(expiryAt(key, instant)).toISOString() : null,
      disabledAt: disabledSince(key, instant),
      couldAuthenticate: instant < expiryAt(key, instant) && !isDisabledAt(key, instant),
    }));
  }

  /** Since when the account was frozen at that instant; null if it was not. */
  frozenAt(account: string, instant: number): string | null {
    const last = this.freezes.findLast((one) => one.account === account && one.known <= instant);
    return last?.frozen ? new Date(last.known).toISOString() : null;
  }

  couldAuthenticate(keyId: string, instant: number): boolean {
    return this.keys.some(
      (key) =>
        key.keyId === keyId &&
        key.createdAt <= instant &&
        instant < key.endedAt &&
        instant < expiryAt(key, instant) &&
        !isDisabledAt(key, instant),
    );
  }

  /** The next expiry of any key after that instant; infinity if there is none. */
  nextExpiry(now: number): number {
    return Math.min(...this.keys.map((key) => expiryAt(key, EVER)).filter((expiry) => expiry > now));
  }

  /** The answer of a mutation, by the name of its type. */
  answerToCreate(account: string, now: number): string {
    if (this.frozenAt(account, EVER) !== null) return 'AccountIsFrozen';
    const inSlots = this.#held(account, EVER).filter((key) => now < expiryAt(key, EVER));
    return inSlots.length < 2 ? 'CreateKeyPayload' : 'KeyLimitReached';
  }

  answerToRotate(account: string, now: number, keyId: string, overlap: number): string {
    const old = this.#held(account, EVER).find((key) => key.keyId === keyId);
    if (!old) return 'KeyNotFound';
    if (this.frozenAt(account, EVER) !== null) return 'AccountIsFrozen';
    if (isDisabledAt(old, EVER)) return 'KeyIsDisabled';
    return overlap > 0 && now < expiryAt(old, EVER) ? this.answerToCreate(account, now) : 'CreateKeyPayload';
  }

  answerToDelete(account: string, keyId: string): string {
    return this.#held(account, EVER).some((key) => key.keyId === keyId) ? 'DeleteKeyPayload' : 'KeyNotFound';
  }

  /** The same for a rename, and for disabling and enabling. */
  answerToChange(account: string, keyId: string, kind: 'rename' | 'disable' | 'enable'): string {
    const key = this.#held(account, EVER).find((key) => key.keyId === keyId);
    if (!key) return 'KeyNotFound';
    const isRefused = kind === 'enable' && isDisabledAt(key, EVER) && this.frozenAt(account, EVER) !== null;
    return isRefused ? 'AccountIsFrozen' : 'ChangeKeyPayload';
  }

  /** The same for what an operator does to the account. */
  answerToOperator(account: string, payload: string): string {
    return this.datesOf(account).length === 0 ? 'AccountNotFound' : payload;
  }

  create(account: string, now: number, { name, ...key }: NewShadowKey): void {
    const date = this.#date(account, now);
    const held = this.#held(account, EVER);
    const expired = held.filter((key) => expiryAt(key, EVER) <= now).sort((a, b) => expiryAt(a, EVER) - expiryAt(b, EVER));
    if (held.length === 2 && expired[0]) expired[0].endedAt = date;
    const expiries = key.lifetime === undefined ? [] : [{ known: date, at: now + key.lifetime }];
    const names = [{ known: date, name }];
    this.keys.push({ ...key, account, createdAt: date, endedAt: Number.POSITIVE_INFINITY, names, expiries, switches: [] });
  }

  /** The overlap is in seconds. */
  rotate(account: string, now: number, old: { keyId: string; overlap: number }, keyId: string): void {
    const date = this.#date(account, now);
    const key = this.#find(old.keyId);
    const end = Math.min(now + 1000 * old.overlap, expiryAt(key, EVER));
    if (end > now) key.expiries.push({ known: date, at: end });
    else key.endedAt = date;
    const { scopes, lifetime } = key;
    this.create(account, now, { keyId, name: nameAt(key, EVER), scopes, lifetime });
  }

  delete(now: number, keyId: string): void {
    const key = this.#find(keyId);
    key.endedAt = this.#date(key.account, now);
  }

  rename(now: number, keyId: string, name: string): void {
    const key = this.#find(keyId);
    if (nameAt(key, EVER) !== name) key.names.push({ known: this.#date(key.account, now), name });
  }

  switch(now: number, keyId: string, disabled: boolean): void {
    const key = this.#find(keyId);
    if (isDisabledAt(key, EVER) !== disabled) key.switches.push({ known: this.#date(key.account, now), disabled });
  }

  revokeAll(account: string, now: number): void {
    const held = this.#held(account, EVER);
    if (held.length === 0) return;
    const date = this.#date(account, now);
    for (const key of held) key.endedAt = date;
  }

  freeze(account: string, now: number, frozen: boolean): void {
    if ((this.frozenAt(account, EVER) !== null) === frozen) return;
    this.freezes.push({ account, known: this.#date(account, now), frozen });
  }

  /** The date of what happens to the account now. */
  #date(account: string, now: number): number {
    const dates = this.datesOf(account);
    const date = Math.max(now, dates.at(-1) ?? now);
    this.#dates.set(account, [...dates, date]);
    return date;
  }

  #find(keyId: string): ShadowKey {
    const key = this.keys.find((key) => key.keyId === keyId);
    if (!key) throw new Error(`There was never a key ${keyId}.`);
    return key;
  }

  #held(account: string, instant: number): ShadowKey[] {
    return this.keys.filter((key) => key.account === account && key.createdAt <= instant && instant < key.endedAt);
  }
}

function expiryAt({ expiries }: ShadowKey, instant: number): number {
  return expiries.findLast(({ known }) => known <= instant)?.at ?? Number.POSITIVE_INFINITY;
}

function nameAt({ names }: ShadowKey, instant: number): string {
  return names.findLast(({ known }) => known <= instant)?.name ?? '';
}

function isDisabledAt(key: ShadowKey, instant: number): boolean {
  return disabledSince(key, instant) !== null;
}

function disabledSince({ switches }: ShadowKey, instant: number): string | null {
  const last = switches.findLast(({ known }) => known <= instant);
  return last?.disabled ? new Date(last.known).toISOString() : null;
}
