import type { Operated, OperatorCommands, Revocation } from '../commands/keys/operator.js';
import { type Observer, observed } from './observer.js';

const FREEZES = { FreezeAccount: 'freezeAccount', ThawAccount: 'thawAccount' } as const;

/** Reports every command of an operator to an observer, by the name of its mutation. */
export class ObservedOperators implements Pick<OperatorCommands, keyof OperatorCommands> {
  readonly #commands: Pick<OperatorCommands, keyof OperatorCommands>;
  readonly #observer: Observer;

  constructor(commands: Pick<OperatorCommands, keyof OperatorCommands>, observer: Observer) {
    this.#commands = commands;
    this.#observer = observer;
  }

  revokeKey(...given: Parameters<OperatorCommands['revokeKey']>): Promise<Revocation> {
    return observed(this.#observer, 'revokeKey', () => this.#commands.revokeKey(...given));
  }

  revokeAccountKeys(...given: Parameters<OperatorCommands['revokeAccountKeys']>): Promise<Revocation> {
    return observed(this.#observer, 'revokeAccountKeys', () => this.#commands.revokeAccountKeys(...given));
  }

  freeze(...given: Parameters<OperatorCommands['freeze']>): Promise<Operated> {
    const [, , { type }] = given;
    return observed(this.#observer, FREEZES[type], () => this.#commands.freeze(...given));
  }
}
