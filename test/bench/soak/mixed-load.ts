import { setTimeout as delay } from 'node:timers/promises';
import type { ErrorCode } from '../../../src/shared/error-codes.js';
import type { Client } from '../../support/client.js';
import { follow } from '../../support/feed.js';
import { ask, basic } from '../../support/http.js';
import type { Tally } from './tally.js';

/** Who uses the server. */
export interface Users {
  owners: Client[];
  auditor: Client;
  analyst: Client;
  /** A key that works all the time, and its owner's client. */
  steady: { client: Client; keyId: string; secret: string };
}

interface Held {
  key: { keyId: string };
  secret: string;
}

/** The pauses between two requests of one user, in milliseconds. */
const PAUSE = { owner: 50, verifier: 20, reader: 250, afterFailure: 250 };
const VERIFIERS = 4;
const FEEDS = 4;

const HISTORY = '{ events(first: 100) { edges { node { id account version } } } }';
/** The codes with which a reader is told to ask later. */
const LATER = new Set<string>(['NOT_READY', 'QUESTION_FAILED'] satisfies ErrorCode[]);
const ANALYTICS = '{ analytics { distribution(metric: KEY_AGE) { count } } }';

/** Uses the server in all ways at once until it is told to stop. The feeds end when the server does. */
export function startLoad(
  { owners, auditor, analyst, steady }: Users,
  tally: Tally,
): { stop(): Promise<void>; ended: Promise<unknown> } {
  let isOver = false;
  const repeat = async (pause: number, work: () => Promise<unknown>) => {
    while (!isOver) {
      try {
        await work();
        await delay(pause);
      } catch {
        // It is counted.
        await delay(PAUSE.afterFailure);
      }
    }
  };
  const used = [
    ...owners.map((owner) => repeat(PAUSE.owner, () => lifeOfKeys(owner, tally))),
    ...Array.from({ length: VERIFIERS }, () => repeat(PAUSE.verifier, () => verifySteady(steady, tally))),
    repeat(PAUSE.reader, () => read(auditor, 'history', HISTORY, tally)),
    repeat(PAUSE.reader, () => read(analyst, 'analytics', ANALYTICS, tally)),
  ];
  const feeds = Array.from({ length: FEEDS }, () => {
    const reader = feedReader(auditor, tally);
    return repeat(PAUSE.reader, reader);
  });
  return {
    ended: Promise.all([...used, ...feeds]),
    async stop() {
      isOver = true;
      await Promise.all(used);
    },
  };
}

/** Creates a key, rotates it, and deletes what it has become. What an interrupted life has left is deleted first. */
async function lifeOfKeys(owner: Client, tally: Tally): Promise<void> {
  const step = async <T>(name: string, question: () => Promise<T>) => {
    await delay(PAUSE.owner);
    return tally.count(name, question);
  };
  const accepts = async ({ key: { keyId }, secret }: Held, isRight: boolean, when: string) => {
    const isAccepted = await step('verify', () => verify(owner, keyId, secret));
    tally.require(isAccepted === isRight, `A key ${when} was ${isAccepted ? 'accepted' : 'refused'}.`);
  };
  const { keys } = await step('account', () => owner.readAccount());
  for (const { keyId } of keys) await step('delete', () => owner.deleteKey(keyId));
  const created = await step('create', () => owner.newKey({ name: 'soak' }));
  await accepts(created, true, 'that was created');
  const rotated = await step('rotate', () => owner.rotateKey({ keyId: created.key.keyId }));
  if (rotated.__typename !== 'CreateKeyPayload')
    return tally.require(false, `A rotation was answered with ${rotated.__typename}.`);
  await accepts(created, false, 'that was replaced');
  await accepts(rotated, true, 'that replaced another');
  await step('delete', () => owner.deleteKey(rotated.key.keyId));
  await accepts(rotated, false, 'that was deleted');
}

async function verifySteady({ client, keyId, secret }: Users['steady'], tally: Tally): Promise<void> {
  tally.require(await tally.count('verify', () => verify(client, keyId, secret)), 'The key that nobody deletes was refused.');
}

/** True if the key is accepted. @throws Error if the server does not know */
async function verify({ url }: Client, keyId: string, secret: string): Promise<boolean> {
  const { status } = await ask(`${url}/v1/verify`, { headers: basic(keyId, secret) });
  if (status !== 200 && status !== 401) throw new Error(`HTTP ${status}`);
  return status === 200;
}

/** A reader whose tables are lost or are being filled is told to ask later; that is counted apart. */
async function read(client: Client, name: string, query: string, tally: Tally): Promise<void> {
  const { errors } = await tally.count(name, async () => {
    const answer = await client.send(query);
    const isRight = !answer.errors || answer.errors.every(({ extensions }) => LATER.has(String(extensions?.code)));
    if (!isRight) throw new Error(JSON.stringify(answer.errors));
    return answer;
  });
  if (errors) tally.add(`${name}: later`);
}

/** Reads a feed until it ends, and goes on where it ended when it is called again. No event may be missing, and none may come twice. */
function feedReader(auditor: Client, tally: Tally): () => Promise<void> {
  const versions = new Map<string, number>();
  let after: string | null = null;
  return () =>
    tally.count('feed', async () => {
      for await (const { data, errors } of follow(auditor, { after })) {
        if (!data?.events) throw new Error(JSON.stringify(errors));
        const { cursor, node } = data.events;
        const before = versions.get(node.account);
        const isNext = before === undefined || node.version === before + 1;
        tally.require(isNext, `A feed came from version ${before} of an account to ${node.version}.`);
        versions.set(node.account, node.version);
        tally.add('event of a feed');
        after = cursor;
      }
    });
}
