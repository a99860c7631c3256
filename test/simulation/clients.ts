import type { Caller, Decided } from '../../src/commands/keys/handle.js';
import type { ChangeKey, KeyCommand } from '../../src/domain/keys/model.js';
import { NotCaughtUp } from '../../src/projections/engine/caught-up.js';
import { LogMismatch } from '../../src/store/event-store.js';
import { type Answers, codeOf, type ShownKey } from './answers.js';
import type { Checkpoints } from './checkpoints.js';
import type { Ledger } from './ledger.js';
import { CLIENT, type Operation } from './plan.js';
import type { Parts, SimulatedProcess } from './process.js';
import { Reads } from './reads.js';
import type { Requests } from './requests.js';
import type { Actor } from './scheduler.js';
import { UsageCount } from './usage-count.js';
import { Violation } from './violation.js';

/** The decision does not depend on it. */
const NO_KEY = { keyId: 'key_0000000000000000000000', secretHash: '0'.repeat(64), hint: '0000' };

/** The part of a deadline in which a process may answer before the projection is there, in milliseconds. */
const ANSWER_TIME = 300;

export interface ClientsOptions {
  now: () => number;
  ledger: Ledger;
  requests: Requests;
  answers: Answers;
  checkpoints: Checkpoints;
}

type State = Decided['state'];

/** What a client asks for, as the command that it becomes and as the call of the process. */
interface Asked {
  /** Undefined for a leak report, which nobody refuses. */
  command: KeyCommand | undefined;
  /** The key that it is about. */
  keyId?: string;
  /** Resolves with the account, as far as the answer shows it. */
  send: (caller: Caller, write: Parts['write']) => Promise<{ account?: State; key?: { keyId: string }; secret?: string }>;
}

/** The clients of all processes: they send requests, remember what they are shown, and check every answer. */
export class Clients {
  readonly #options: ClientsOptions;
  readonly shown: ShownKey[] = [];
  readonly usage = new UsageCount();
  readonly #reads: Reads;
  /** How often each answer was given, by the request's kind and the answer's code. */
  readonly counts = new Map<string, number>();
  /** Who works on the requests that are not answered yet. */
  readonly #working: Actor[] = [];

  constructor(options: ClientsOptions) {
    this.#options = options;
    this.#reads = new Reads(options);
  }

  /** True if a process still works on a request. One that has died does not. */
  get isWaiting(): boolean {
    return this.#working.some(({ isDead }) => !isDead);
  }

  /** Sends the request to the process, if it runs. Resolves when it is answered. */
  async send(operation: Operation, process: SimulatedProcess): Promise<void> {
    const { parts } = process;
    if (!parts) return this.#count(operation.kind, 'no connection');
    switch (operation.kind) {
      case 'verify':
        return this.verifyAll(operation.account, process, parts);
      case 'checkpoint':
        return this.#askCheckpoint(process, parts);
      case 'read':
        return this.#whileWorking(process, () => this.#read(operation, process, parts));
      default:
        return this.#whileWorking(process, () => this.#change(operation, process, parts));
    }
  }

  /** Verifies every key of the account that was ever shown, and looks at what the process holds of the account. */
  verifyAll(account: string, process: SimulatedProcess, parts: Parts): void {
    const { answers, now } = this.#options;
    const why = parts.availability.whyNoVerification();
    if (why?.code === 'LOG_MISMATCH') throw new Violation('the log is always recognised', process.actor.name);
    if (why) {
      this.#count('verify', why.code);
      return;
    }
    answers.held(account, parts);
    const since = now() - process.config.staleness;
    for (const key of this.shown.filter((one) => one.account === account)) {
      for (const answer of [
        () => parts.read.verifier.verify(key.keyId, key.secret),
        () => parts.read.verifier.verifySecret(key.secret),
      ]) {
        const readings = process.clock.watch();
        const verified = answer();
        process.clock.unwatch(readings);
        answers.verified(key, verified, process.number, since, readings);
        this.#count('verify', verified ? 'accepted' : 'refused');
        if (!verified) continue;
        parts.write.uses.record(verified);
        this.usage.record(key.keyId);
      }
      const other = this.shown.find(({ keyId }) => keyId !== key.keyId);
      if (other && parts.read.verifier.verify(key.keyId, other.secret))
        throw new Violation('a key needs its own secret', key.keyId);
    }
  }

  async #askCheckpoint({ machine }: SimulatedProcess, { read }: Parts): Promise<void> {
    const checkpoint = await read.checkpoints.newest().catch(() => undefined);
    this.#count('checkpoint', checkpoint ? 'shown' : 'NO_CHECKPOINT');
    if (checkpoint) this.#options.checkpoints.shown(checkpoint, machine);
  }

  async #read(operation: Operation, process: SimulatedProcess, parts: Parts): Promise<void> {
    this.#count('read', isReady(parts) ? await this.#reads.read(operation, process, parts) : 'not sent');
  }

  /** The process works on a request, until it answers or dies. */
  async #whileWorking({ actor }: SimulatedProcess, work: () => Promise<void>): Promise<void> {
    this.#working.push(actor);
    try {
      await work();
    } finally {
      this.#working.splice(this.#working.indexOf(actor), 1);
    }
  }

  async #change(operation: Operation, process: SimulatedProcess, parts: Parts): Promise<void> {
    const { ledger, requests, answers, now } = this.#options;
    const asked = this.#askedFor(operation, process);
    if (!asked || !isReady(parts)) return this.#count(operation.kind, 'not sent');
    const { account, kind } = operation;
    const readings = process.clock.watch();
    const request = requests.send(operation, asked.keyId, readings);
    const since = now();
    const from = ledger.versionAt(account, since);
    const span = () => ({ from, to: ledger.head(account) });
    const caller = { account, actor: CLIENT, correlationId: request.correlationId, since };
    try {
      const { account: state, key, secret } = await asked.send(caller, parts.write);
      answers.succeeded(request, asked.command, state, span());
      if (state) this.#reads.show(account, state.version);
      if (state && now() - since < process.config.deadline - ANSWER_TIME) requireProjected(parts, account, state);
      if (key && secret !== undefined && state) this.#keep({ account, keyId: key.keyId, secret }, state);
      this.#count(kind, 'done');
      // The keys that have ended are refused by the time the caller knows.
      if (process.parts === parts) this.verifyAll(account, process, parts);
    } catch (error) {
      if (error instanceof Violation) throw error;
      answers.failed(request, asked.command, error, span());
      this.#count(kind, codeOf(error));
    } finally {
      process.clock.unwatch(readings);
    }
  }

  #keep(key: ShownKey, state: State): void {
    this.#options.answers.shown(key, state.version);
    this.shown.push(key);
  }

  /** Undefined if it is about a key, and the client knows none. */
  #askedFor(operation: Operation, process: SimulatedProcess): Asked | undefined {
    const { kind, account, lifetime, idempotencyKey } = operation;
    const note = 'by the simulation';
    switch (kind) {
      case 'create': {
        const expiresAt = lifetime === undefined ? undefined : new Date(process.clock.time() + lifetime).toISOString();
        const input = { name: 'name', scopes: ['read'], expiresAt, idempotencyKey };
        return {
          command: { type: 'CreateKey', key: NO_KEY, ...input },
          send: (caller, { commands }) => commands.create(caller, input),
        };
      }
      case 'revoke':
        return {
          command: { type: 'RevokeKeys', note },
          send: (caller, { operators }) => operators.revokeAccountKeys(caller, account, note),
        };
      case 'freeze':
      case 'thaw': {
        const command = { type: kind === 'freeze' ? 'FreezeAccount' : 'ThawAccount', note } as const;
        return { command, send: (caller, { operators }) => operators.freeze(caller, account, command) };
      }
      default:
        return this.#askedForKey(operation, process.number);
    }
  }

  #askedForKey({ kind, account, target, overlap, idempotencyKey }: Operation, process: number): Asked | undefined {
    const key = this.shown.filter((one) => one.account === account).at(-1 - target);
    if (!key) return undefined;
    const { keyId, secret } = key;
    switch (kind) {
      case 'rotate': {
        const input = { keyId, overlap, idempotencyKey };
        return {
          command: { type: 'RotateKey', key: NO_KEY, ...input },
          keyId,
          send: (caller, { commands }) => commands.rotate(caller, input),
        };
      }
      case 'delete':
        return {
          command: { type: 'DeleteKey', keyId, reason: 'REQUESTED' },
          keyId,
          send: (caller, { commands }) => commands.delete(caller, keyId),
        };
      case 'report':
        return {
          command: undefined,
          keyId,
          send: async ({ correlationId, since }, { commands }) => {
            await commands.reportLeak({ secrets: [secret], correlationId, since });
            this.#options.answers.reported(process, account, keyId);
            return {};
          },
        };
      default: {
        const command = changeOf(kind, keyId, idempotencyKey);
        return command && { command, keyId, send: (caller, { commands }) => commands.change(caller, command) };
      }
    }
  }

  #count(kind: string, answer: string): void {
    const name = `${kind}: ${answer}`;
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
  }
}

function changeOf(kind: Operation['kind'], keyId: string, idempotencyKey: string | undefined): ChangeKey | undefined {
  switch (kind) {
    case 'rename':
      return { type: 'RenameKey', keyId, name: `name of ${idempotencyKey ?? 'nobody'}`, idempotencyKey };
    case 'disable':
      return { type: 'DisableKey', keyId, idempotencyKey };
    case 'enable':
      return { type: 'EnableKey', keyId, idempotencyKey };
    default:
      return undefined;
  }
}

/** As the API asks before each mutation. */
function isReady({ availability }: Parts): boolean {
  try {
    availability.requireReady();
    return true;
  } catch (error) {
    if (error instanceof LogMismatch) throw new Violation('the log is always recognised', error.message);
    if (error instanceof NotCaughtUp) return false;
    throw error;
  }
}

function requireProjected({ read }: Parts, account: string, { version }: State): void {
  const held = read.projections.keys.version(account);
  if (held < version)
    throw new Violation('a list is right after a change', `${account} is held at version ${held}, and ${version} was answered`);
}
