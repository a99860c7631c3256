import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { newKeyMaterial } from '../../src/domain/keys/secret.js';
import type { Client } from './client.js';
import { ask, basic, bearer } from './http.js';
import { ShadowKey } from './shadow-key.js';
import { WAYS } from './verify.js';

const KEY_LIMIT = 2;
/** How long each waits before a change or a check, in milliseconds, to leave time for other tests on the machine. */
const REST = 20;
/** The lifetime of expiring keys, in milliseconds: longer than a create usually takes to arrive. */
const LIFETIME = 2000;
const FORM = ['Content-Type', 'application/x-www-form-urlencoded'];

/** A way to send a key. Resolves with the account and the key id in the answer; undefined if the key is refused. */
type Question = () => Promise<string | undefined>;

/** An account under load: one change after another, and any number of checks meanwhile. Each answer is compared with a shadow. */
export class LoadedAccount {
  /** Every wrong answer. */
  readonly wrong: string[] = [];
  /** How many changes were made, and how many answers of each kind were required. */
  readonly counts = { changes: 0, accepted: 0, refused: 0, either: 0 };
  readonly #client: Client;
  readonly #machineToken: string;
  /** The keys that may still work; the others certainly do not. */
  #held: ShadowKey[] = [];
  readonly #ended: ShadowKey[] = [];

  /** @param machineToken the bearer token of services that introspect */
  constructor(client: Client, machineToken: string) {
    this.#client = client;
    this.#machineToken = machineToken;
  }

  /** Makes a random change. */
  async change(): Promise<void> {
    await delay(REST);
    this.#sortOut();
    const now = Date.now();
    const key = oneOf(this.#held.filter((held) => held.mustWork(now, now)));
    const changes = [() => this.#create(), () => this.#create(LIFETIME)];
    if (key)
      changes.push(
        () => this.#rotate(key),
        () => this.#rotate(key, 1),
        () => this.#delete(key),
        () => this.#report(key),
      );
    if (key?.isEnding) changes.push(() => this.#outlive(key));
    await oneOf(changes)?.();
    this.counts.changes += 1;
  }

  /** Sends a key that the account holds, has held, or never held. */
  async check(): Promise<void> {
    await delay(REST);
    const key = oneOf(oneOf([this.#held, this.#ended, this.#ended.slice(-3)]) ?? []);
    const question = oneOf(key ? this.#right(key) : this.#wrong());
    const sent = Date.now();
    const told = await question?.();
    const must = key ? key.mustWork(sent, Date.now()) : false;
    this.counts[must === undefined ? 'either' : must ? 'accepted' : 'refused'] += 1;
    const refused = told === undefined;
    const accepted = told === `${this.#client.account} ${key?.key.keyId}`;
    if (must === undefined ? refused || accepted : must ? accepted : refused) return;
    this.wrong.push(`${key?.key.keyId} of ${this.#client.account} was answered with ${told}; it must work: ${must}`);
  }

  #right(key: ShadowKey): Question[] {
    const ways = Object.values(WAYS).map((way) => () => this.#verify(way(key)));
    return [...ways, () => this.#introspect(key.secret)];
  }

  #wrong(): Question[] {
    const { keyId, secret } = newKeyMaterial();
    const held = this.#held[0]?.key.keyId ?? keyId;
    const ids = [basic(keyId, secret), basic(held, secret), bearer(secret)];
    return [...ids.map((headers) => () => this.#verify(headers)), () => this.#introspect(secret)];
  }

  async #verify(headers: string[]): Promise<string | undefined> {
    const { status, headers: told, body } = await ask(`${this.#client.url}/v1/verify`, { headers });
    if (status === 200) return `${told['x-keyledger-account']} ${told['x-keyledger-key-id']}`;
    if (status !== 401) this.wrong.push(`/v1/verify answered with ${status}: ${body}`);
    return undefined;
  }

  async #introspect(token: string): Promise<string | undefined> {
    const headers = [...bearer(this.#machineToken), ...FORM];
    const asked = { method: 'POST', headers, body: `token=${token}` };
    const { status, body } = await ask(`${this.#client.url}/v1/introspect`, asked);
    if (status !== 200) this.wrong.push(`/v1/introspect answered with ${status}: ${body}`);
    const { active, sub, client_id } = JSON.parse(body) as Record<string, unknown>;
    return active === true ? `${sub} ${client_id}` : undefined;
  }

  async #create(lifetime = Number.POSITIVE_INFINITY): Promise<void> {
    const sent = Date.now();
    const expiresAt = sent + lifetime;
    const input = {
      name: 'load',
      ...(lifetime < Number.POSITIVE_INFINITY && { expiresAt: new Date(expiresAt).toISOString() }),
    };
    const result = await this.#client.createKey(input).catch((error: unknown) => {
      // On a busy machine, the request may arrive when that time is over.
      if (Date.now() < expiresAt || !String(error).includes('must be in the future')) throw error;
    });
    if (!result) return;
    const { __typename: answer, ...created } = result;
    const states = this.#held.map((key) => key.mustWork(sent, Date.now()));
    const full = states.filter((state) => state === true).length === KEY_LIMIT;
    const free = states.filter((state) => state !== false).length < KEY_LIMIT;
    const right = full ? 'KeyLimitReached' : free ? 'CreateKeyPayload' : answer;
    if (answer !== right) this.wrong.push(`createKey answered ${answer}, not ${right}`);
    if ('secret' in created) this.#held.push(new ShadowKey(created, expiresAt));
  }

  /** @param overlap in seconds */
  async #rotate(key: ShadowKey, overlap = 0): Promise<void> {
    await key.shorten(1000 * overlap, async () => {
      const { __typename: answer, ...rotated } = await this.#client.rotateKey({
        keyId: key.key.keyId,
        overlapSeconds: overlap,
      });
      if (!('secret' in rotated)) {
        if (overlap === 0 || answer !== 'KeyLimitReached') this.wrong.push(`rotateKey answered ${answer}`);
        return false;
      }
      const { expiresAt } = rotated.key;
      this.#held.push(new ShadowKey(rotated, typeof expiresAt === 'string' ? Date.parse(expiresAt) : undefined));
      return true;
    });
  }

  async #delete(key: ShadowKey): Promise<void> {
    await key.shorten(0, async () => {
      const { __typename: answer } = await this.#client.deleteKey(key.key.keyId);
      if (answer !== 'DeleteKeyPayload') this.wrong.push(`deleteKey answered ${answer}`);
      return true;
    });
  }

  /** Uses another address each time, since few reports of one client are accepted. */
  async #report(key: ShadowKey): Promise<void> {
    await key.shorten(0, async () => {
      const address = Array.from({ length: 3 }, () => randomInt(256)).join('.');
      const asked = { method: 'POST', headers: [...FORM, 'X-Forwarded-For', `10.${address}`], body: `secret=${key.secret}` };
      const { status, body } = await ask(`${this.#client.url}/v1/leaked`, asked);
      if (status !== 200) this.wrong.push(`/v1/leaked answered with ${status}: ${body}`);
      return status === 200;
    });
  }

  /** Sends the key until it has expired. */
  async #outlive(key: ShadowKey): Promise<void> {
    while (key.isEnding && key.mustWork(Date.now(), Date.now()) !== false) await this.check();
  }

  #sortOut(): void {
    const now = Date.now();
    this.#ended.push(...this.#held.filter((key) => key.mustWork(now, now) === false));
    this.#held = this.#held.filter((key) => key.mustWork(now, now) !== false);
  }
}

function oneOf<T>(values: T[]): T | undefined {
  return values[Math.floor(Math.random() * values.length)];
}
