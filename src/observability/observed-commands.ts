import type { Caller } from '../commands/keys/handle.js';
import type { ChangedKey, CreatedKey, CreateKeyInput, Deletion, KeyCommands, RotateKeyInput } from '../commands/keys/keys.js';
import { type Observer, observed } from './observer.js';

const CHANGES = { RenameKey: 'renameKey', DisableKey: 'disableKey', EnableKey: 'enableKey' } as const;

/** Reports every command to an observer, by the name of its mutation or method. */
export class ObservedCommands implements Pick<KeyCommands, keyof KeyCommands> {
  readonly #commands: Pick<KeyCommands, keyof KeyCommands>;
  readonly #observer: Observer;

  constructor(commands: Pick<KeyCommands, keyof KeyCommands>, observer: Observer) {
    this.#commands = commands;
    this.#observer = observer;
  }

  create(caller: Caller, input: CreateKeyInput): Promise<CreatedKey> {
    return observed(this.#observer, 'createKey', () => this.#commands.create(caller, input));
  }

  rotate(caller: Caller, input: RotateKeyInput): Promise<CreatedKey> {
    return observed(this.#observer, 'rotateKey', () => this.#commands.rotate(caller, input));
  }

  delete(caller: Caller, keyId: string): Promise<Deletion> {
    return observed(this.#observer, 'deleteKey', () => this.#commands.delete(caller, keyId));
  }

  change(caller: Caller, command: Parameters<KeyCommands['change']>[1]): Promise<ChangedKey> {
    return observed(this.#observer, CHANGES[command.type], () => this.#commands.change(caller, command));
  }

  reportLeak(...given: Parameters<KeyCommands['reportLeak']>): Promise<void> {
    return observed(this.#observer, 'reportLeak', () => this.#commands.reportLeak(...given));
  }
}
