import type { ServerQuestion, Started } from './keyledger-server.js';
import { type Bench, inFlight, interleave, median, medians, ratio, timed } from './support/bench.js';
import { type Child, startChild } from './support/child.js';
import { Connections } from './support/connections.js';
import { inTemporaryDirectory } from './support/temporary.js';

const LANES = 32;
const ACCOUNTS = Array.from({ length: 512 }, (_, index) => `account-${index}`);
/** Two keys on every account. */
const REQUESTS = 2 * ACCOUNTS.length;
const ROUNDS = 15;
const KNOWN = JSON.stringify({ query: '{ __typename }' });
const NOTHING = JSON.stringify({ query: 'mutation { nothing }' });
const CREATE = JSON.stringify({
  query: `mutation ($input: CreateKeyInput!) {
    createKey(input: $input) { __typename ... on CreateKeyPayload { key { keyId } secret } ... on Error { message } }
  }`,
  variables: { input: { name: 'bench' } },
});
const DELETE = `mutation ($input: DeleteKeyInput!) {
  deleteKey(input: $input) { __typename ... on DeleteKeyPayload { keyId } ... on Error { message } }
}`;

let unseenSoFar = 0;
/** A trivial query that no server has seen before. */
const unseen = () => JSON.stringify({ query: `query Q${unseenSoFar++} { __typename }` });

/** A server in a process of its own, under load from this one. */
class LoadedServer {
  readonly #child: Child<ServerQuestion, Started | number>;
  readonly #connections: Connections;
  readonly #tokens: string[];

  static async start(module: string, ...args: string[]): Promise<LoadedServer> {
    const child = startChild<ServerQuestion, Started | number>(new URL(module, import.meta.url), ...args);
    return new LoadedServer(child, (await child.ask({ start: ACCOUNTS })) as Started);
  }

  constructor(child: Child<ServerQuestion, Started | number>, { url, tokens }: Started) {
    this.#child = child;
    this.#connections = new Connections(url);
    this.#tokens = tokens;
  }

  post(body: string, index: number): Promise<string> {
    return this.#connections.post(body, this.#tokens[index % this.#tokens.length] ?? '');
  }

  /** Requests per second. */
  async throughput(request: (index: number) => Promise<unknown>): Promise<number> {
    return (1000 * REQUESTS) / (await timed(() => inFlight(LANES, REQUESTS, request)));
  }

  /** Microseconds of the server's CPU per request. */
  async cpu(request: (index: number) => Promise<unknown>): Promise<number> {
    const before = Number(await this.#child.ask({ cpu: true }));
    await inFlight(LANES, REQUESTS, request);
    return (Number(await this.#child.ask({ cpu: true })) - before) / REQUESTS;
  }

  async stop(): Promise<void> {
    this.#connections.close();
    await this.#child.stop();
  }
}

/** Measures a mutation over HTTP against one that does nothing, and our server against the barest one. */
export const create: Bench = () =>
  inTemporaryDirectory(async (directory) => {
    const ours = await LoadedServer.start('./keyledger-server.js', directory);
    const bare = await LoadedServer.start('./bare-server.js');
    const keyIds: string[] = [];
    try {
      const perSecond = await interleave(ROUNDS, {
        nothing: () => ours.throughput((index) => ours.post(NOTHING, index).then(expectNothing)),
        createKey: () =>
          ours.throughput(async (index) => {
            keyIds[index] = createdKeyId(await ours.post(CREATE, index));
          }),
        deleteKey: () => ours.throughput(async (index) => expectDeleted(await ours.post(deletion(keyIds[index]), index))),
      });
      const cpu = await interleave(2 * ROUNDS, {
        known: () => ours.cpu((index) => ours.post(KNOWN, index)),
        bareKnown: () => bare.cpu((index) => bare.post(KNOWN, index)),
        unseen: () => ours.cpu((index) => ours.post(unseen(), index)),
        bareUnseen: () => bare.cpu((index) => bare.post(unseen(), index)),
      });
      return {
        figures: {
          nothingPerSecond: median(perSecond.nothing),
          createKeyPerSecond: median(perSecond.createKey),
          deleteKeyPerSecond: median(perSecond.deleteKey),
          ...medians(cpu, 'QueryCpuMicroseconds'),
        },
        ratios: {
          createKeyToNothing: ratio(perSecond.createKey, perSecond.nothing),
          deleteKeyToNothing: ratio(perSecond.deleteKey, perSecond.nothing),
          knownQueryCpuToBare: ratio(cpu.known, cpu.bareKnown),
          unseenQueryCpuToBare: ratio(cpu.unseen, cpu.bareUnseen),
        },
        goals: {
          createKeyToNothing: { atLeast: 0.45 },
          deleteKeyToNothing: { atLeast: 0.6 },
          unseenQueryCpuToBare: { atMost: 3.5 },
        },
      };
    } finally {
      await Promise.all([ours.stop(), bare.stop()]);
    }
  });

function deletion(keyId: string | undefined): string {
  return JSON.stringify({ query: DELETE, variables: { input: { keyId } } });
}

function createdKeyId(answer: string): string {
  const { data } = JSON.parse(answer) as { data?: { createKey: { key?: { keyId: string } } } };
  if (!data?.createKey?.key) throw new Error(`No key was created: ${answer}`);
  return data.createKey.key.keyId;
}

function expectDeleted(answer: string): void {
  if (!answer.includes('"DeleteKeyPayload"')) throw new Error(`No key was deleted: ${answer}`);
}

function expectNothing(answer: string): void {
  if (answer !== '{"data":{"nothing":true}}') throw new Error(`Not nothing: ${answer}`);
}
