import { randomInt } from 'node:crypto';
import { Client } from '../support/client.js';
import { basic } from '../support/http.js';
import type { Answer, Call, Change, Read, Verification } from './history.js';

/** How long a client waits for an answer, in milliseconds: longer than the deadline of a mutation. */
const PATIENCE = 12_000;

/** The codes of errors that say that nothing was changed, and those that faults explain. */
const UNCHANGED: readonly (string | undefined)[] = ['STORE_UNAVAILABLE', 'NOT_READY'];
const EXPECTED = [...UNCHANGED, 'OUTCOME_UNKNOWN'];

const ACCOUNT = 'version keys { keyId name }';
const CREATE = `mutation ($name: String!) { createKey(input: { name: $name }) { __typename
  ... on CreateKeyPayload { version secret key { keyId } account { ${ACCOUNT} } } } }`;
const DELETE = `mutation ($keyId: String!) { deleteKey(input: { keyId: $keyId }) { __typename
  ... on DeleteKeyPayload { version account { ${ACCOUNT} } } } }`;
const READ = `query ($minVersion: Int) { account(minVersion: $minVersion) { ${ACCOUNT} } }`;

interface ShownAccount {
  version: number;
  keys: { keyId: string; name: string }[];
}

type Changed =
  | { __typename: 'CreateKeyPayload'; version: number; secret: string; key: { keyId: string }; account: ShownAccount | null }
  | { __typename: 'DeleteKeyPayload'; version: number; account: ShownAccount | null }
  | { __typename: 'KeyLimitReached' | 'KeyNotFound' };

/** A key by its name, which its client chose. The secret is unknown if its create was not answered. */
interface KnownKey {
  name: string;
  keyId: string;
  secret?: string;
}

/** What the answers of `/v1/verify` mean, by their status. */
const VERIFIED: Partial<Record<number, Verification['outcome']>> = { 200: 'accepted', 401: 'refused', 503: 'unavailable' };

/** An account that several clients use at once. It records each call and its answer. */
export class Account {
  readonly calls: Call[] = [];
  /** Answers that no fault explains. */
  readonly wrong: string[] = [];
  readonly #clients: Client[];
  readonly #keys: KnownKey[] = [];
  #version = 0;
  #names = 0;

  /** @param targets the processes, by their numbers */
  constructor(
    readonly name: string,
    token: string,
    targets: readonly { url: string }[],
  ) {
    this.#clients = targets.map(({ url }) => new Client(url, token, name));
    for (const client of this.#clients) client.patience = PATIENCE;
  }

  /** Makes a random call of that process. */
  async call(process: number): Promise<Call | undefined> {
    const chance = randomInt(100);
    const recent = this.#keys.slice(-4);
    const key = recent[randomInt(Math.max(1, recent.length))];
    if (chance < 30 || !key) return this.create(process);
    if (chance < 50) return this.#change({ kind: 'delete', key: key.name }, process, DELETE, { keyId: key.keyId });
    return chance < 70 ? this.read(process) : this.verify(process);
  }

  /** Verifies a random key, if there is one; one that was deleted long ago as often as a new one. */
  async verify(process: number): Promise<Call | undefined> {
    const { name, keyId, secret } = this.#keys[randomInt(Math.max(1, this.#keys.length))] ?? {};
    if (name === undefined || keyId === undefined || secret === undefined) return undefined;
    const asked = { kind: 'verify', process, key: name, start: performance.now() } as const;
    const [header = '', credentials = ''] = basic(keyId, secret);
    const options = { headers: { [header]: credentials }, signal: AbortSignal.timeout(PATIENCE) };
    const answer = await fetch(`${this.#client(process).url}/v1/verify`, options).catch(() => undefined);
    await answer?.text().catch(() => {});
    const outcome = VERIFIED[answer?.status ?? 503];
    if (!outcome) this.wrong.push(`/v1/verify answered with ${answer?.status}.`);
    return this.#record({ ...asked, end: performance.now(), outcome: outcome ?? 'unavailable' });
  }

  async create(process: number): Promise<Call> {
    this.#names += 1;
    const name = `key ${this.#names}`;
    return this.#change({ kind: 'create', key: name }, process, CREATE, { name });
  }

  /** Reads at least the latest version that any client was told. */
  async read(process: number): Promise<Call> {
    const asked = { kind: 'read', process, minVersion: this.#version, start: performance.now() } as const;
    const { data } = await this.#send<{ account: ShownAccount | null }>(process, READ, { minVersion: asked.minVersion });
    const end = performance.now();
    return data?.account ? this.#show(asked, end, data.account) : this.#record({ ...asked, end, outcome: 'unavailable' });
  }

  async #change(
    change: Pick<Change, 'kind' | 'key'>,
    process: number,
    document: string,
    variables: Record<string, unknown>,
  ): Promise<Call> {
    const asked = { ...change, process, start: performance.now() };
    const { data, error } = await this.#send<Record<string, Changed | null>>(process, document, variables);
    const end = performance.now();
    const changed = Object.values(data ?? {})[0];
    const call = this.#record({ ...asked, end, ...answerOf(changed, error) });
    if (!changed || !('version' in changed)) return call;
    if ('secret' in changed) this.#keys.push({ name: change.key, keyId: changed.key.keyId, secret: changed.secret });
    this.#version = Math.max(this.#version, changed.version);
    // What stands below the payload is a read.
    if (changed.account)
      this.#show({ kind: 'read', process, start: asked.start, minVersion: changed.version }, end, changed.account);
    return call;
  }

  /** Records an account that an answer shows, and its keys. */
  #show(asked: Pick<Read, 'kind' | 'process' | 'start' | 'minVersion'>, end: number, { version, keys }: ShownAccount): Call {
    this.#version = Math.max(this.#version, version);
    for (const { keyId, name } of keys)
      if (!this.#keys.some((known) => known.keyId === keyId)) this.#keys.push({ keyId, name });
    return this.#record({ ...asked, end, outcome: 'done', version, keys: keys.map(({ name }) => name) });
  }

  #record<C extends Call>(call: C): C {
    this.calls.push(call);
    return call;
  }

  /** Sends a document. The error is the code of the answer's; undefined if there is no answer. */
  async #send<T extends object>(process: number, document: string, variables: Record<string, unknown>): Promise<Sent<T>> {
    const answer = await this.#client(process)
      .send<T>(document, variables)
      .catch(() => undefined);
    const error = answer?.errors?.[0]?.extensions?.code;
    const isAnswered = Object.values(answer?.data ?? {}).some(Boolean);
    if (answer && !isAnswered && !EXPECTED.includes(error))
      this.wrong.push(`GraphQL answered with ${answer.status}: ${answer.text}`);
    return { data: answer?.data, error };
  }

  #client(process: number): Client {
    const client = this.#clients[process];
    if (!client) throw new Error(`There is no process ${process}.`);
    return client;
  }
}

interface Sent<T> {
  data: T | null | undefined;
  error: string | undefined;
}

function answerOf(changed: Changed | null | undefined, error: string | undefined): Answer {
  if (changed && 'version' in changed) return { outcome: 'done', version: changed.version };
  if (changed) return { outcome: 'refused' };
  return { outcome: UNCHANGED.includes(error) ? 'unchanged' : 'unknown' };
}
