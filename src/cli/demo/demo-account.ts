import { KeyLimitReached } from '../../domain/keys/refusals.js';
import { DAY } from '../../domain/usage/key-usage.js';
import { type DemoLedger, demoCaller } from './demo-ledger.js';
import type { Deed, DemoKey, Habits } from './generated-life.js';

/** What the account calls its keys, in turn. */
const NAMES = ['production', 'staging', 'ci', 'backup', 'reports', 'mobile app'];

/** An account of the demo. It gives commands, and remembers its keys. */
export class DemoAccount {
  /** The keys that it holds, with their secrets, so that one can leak. */
  readonly keys: (DemoKey & { secret: string })[] = [];
  #made = 0;

  constructor(
    readonly account: string,
    readonly habits: Habits,
  ) {}

  get hadKeys(): boolean {
    return this.#made > 0;
  }

  /** Uses the key that many times, if it still authenticates. */
  use({ uses }: DemoLedger, keyId: string, times: number, at: number): void {
    const key = this.keys.find((one) => one.keyId === keyId);
    if (!key || key.disabled || (key.expiresAt !== undefined && key.expiresAt <= at)) return;
    for (let time = 0; time < times; time += 1) uses.record({ keyId, at });
  }

  /** Runs the command. A refusal by the limit is part of the demo. */
  async perform(ledger: DemoLedger, deed: Deed, keyId: string | undefined, at: number): Promise<void> {
    try {
      await this.#perform(ledger, deed, keyId ?? '', at);
    } catch (error) {
      if (!(error instanceof KeyLimitReached)) throw error;
    }
  }

  async #perform({ commands }: DemoLedger, deed: Deed, keyId: string, at: number): Promise<void> {
    const caller = demoCaller(this.account);
    const old = this.keys.find((key) => key.keyId === keyId);
    switch (deed) {
      case 'create':
      case 'createAgain': {
        const { lifetime } = this.habits;
        const expiresAt = lifetime === undefined ? undefined : new Date(at + lifetime * DAY).toISOString();
        const name = NAMES[this.#made % NAMES.length] ?? 'key';
        return this.#keep(await commands.create(caller, { name, scopes: ['read'], expiresAt }));
      }
      case 'rotate': {
        if (!old) return;
        return this.#keep(await commands.rotate(caller, { keyId, overlap: this.habits.overlap }), old);
      }
      case 'delete':
        if (old) await commands.delete(caller, keyId);
        return this.#forget(keyId);
      case 'disable':
      case 'enable':
        if (!old) return;
        old.disabled = deed === 'disable';
        await commands.change(caller, { type: deed === 'disable' ? 'DisableKey' : 'EnableKey', keyId });
        return;
      case 'leak':
        if (old) await commands.reportLeak({ ...caller, secrets: [old.secret] });
        return this.#forget(keyId);
    }
  }

  /** Adds the new key, and updates the held keys: expired ones may be gone. */
  #keep({ key, secret, account }: Awaited<ReturnType<DemoLedger['commands']['create']>>, replaced?: DemoKey): void {
    this.#made += 1;
    if (replaced) replaced.replaced = true;
    const held = this.keys.filter(({ keyId }) => account.keys.has(keyId));
    for (const one of held) one.expiresAt = account.keys.get(one.keyId)?.expiresAt;
    const { keyId, createdAt, expiresAt } = key;
    this.keys.splice(0, this.keys.length, ...held, { keyId, createdAt, expiresAt, secret });
  }

  #forget(keyId: string): void {
    const held = this.keys.filter((key) => key.keyId !== keyId);
    this.keys.splice(0, this.keys.length, ...held);
  }
}
