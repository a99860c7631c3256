import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { verifyCheckpoint } from '../../../src/domain/transparency/checkpoint.js';
import { verifyConsistency, verifyInclusion } from '../../../src/domain/transparency/merkle-proof.js';
import { hashLeaf } from '../../../src/domain/transparency/merkle-tree.js';
import { notesIn } from '../../../src/domain/transparency/note-file.js';
import { parseVerifierKey } from '../../../src/domain/transparency/verifier-key.js';
import Database from '../../../src/shared/sqlite.js';
import { newAccount, temporaryDirectory } from '../../support/cleanup.js';
import type { Client } from '../../support/client.js';
import { openFilledWorld, openWorld } from '../../support/world.js';

interface CheckpointAnswer {
  note: string;
  origin: string;
  treeSize: number;
  root: string;
  publicKey: string;
}

const bytes = (text: string) => Buffer.from(text, 'base64');

async function checkpointOf(client: Client): Promise<CheckpointAnswer> {
  for (;;) {
    const { data } = await client.send<{ checkpoint: CheckpointAnswer | null }>(
      '{ checkpoint { note origin treeSize root publicKey } }',
    );
    if (data?.checkpoint) return data.checkpoint;
    await delay(25);
  }
}

interface EventNode {
  eventId: string;
  canonical: string;
}

/** The events that the client may see, once there are that many. */
async function eventsOf(client: Client, count: number): Promise<EventNode[]> {
  for (;;) {
    const { data } = await client.send<{ events: { edges: { node: EventNode }[] } }>(
      '{ events(first: 100) { edges { node { eventId canonical } } } }',
    );
    const events = data?.events.edges.map(({ node }) => node) ?? [];
    if (events.length >= count) return events;
    await delay(25);
  }
}

/** Makes that many changes, then stops and starts again, so that a checkpoint is signed. Returns it. */
async function grow(dataDirectory: string, changes: number, env: Record<string, string> = {}) {
  const before = await openWorld({ dataDirectory, env });
  const owner = await before.client({});
  for (let i = 0; i < changes; i += 1) {
    const { key } = await owner.newKey();
    await owner.deleteKey(key.keyId);
  }
  await before.stop();
  const world = await openFilledWorld({ dataDirectory, env });
  const auditor = await world.client({ role: 'auditor' });
  return { world, auditor, account: owner.account, checkpoint: await checkpointOf(auditor) };
}

it('signs a checkpoint in which every event is proved to be', async () => {
  const { auditor, checkpoint } = await grow(temporaryDirectory(), 10);
  const verified = await verifyCheckpoint(checkpoint.note, [await parseVerifierKey(checkpoint.publicKey)]);
  expect(verified).toEqual({ origin: checkpoint.origin, size: 20, root: bytes(checkpoint.root) });
  const events = await eventsOf(auditor, 20);
  expect(checkpoint.origin).toBe(`keyledger/${events[0]?.eventId}`);
  for (const [index, node] of events.entries()) {
    const answer = await auditor.send<{ inclusionProof: { leafIndex: number; leafHash: string; path: string[] } }>(
      `{ inclusionProof(eventId: "${node.eventId}", treeSize: 20) { leafIndex leafHash path } }`,
    );
    const { leafIndex, leafHash, path } = answer.data?.inclusionProof ?? { leafIndex: -1, leafHash: '', path: [] };
    expect(leafIndex).toBe(index);
    expect(bytes(leafHash)).toEqual(hashLeaf(Buffer.from(node.canonical)));
    const proof = { index, size: 20, leafHash: bytes(leafHash), root: verified.root, path: path.map(bytes) };
    expect(await verifyInclusion(proof)).toBe(true);
    expect(await verifyInclusion({ ...proof, leafHash: hashLeaf(Buffer.from(`${node.canonical} `)) })).toBe(false);
  }
});

it('proves a page of events in one answer, and nothing of an event that came later', async () => {
  const { auditor } = await grow(temporaryDirectory(), 3);
  const { data } = await auditor.send<{ events: { edges: { node: { inclusionProof: { leafIndex: number } | null } }[] } }>(
    '{ events { edges { node { inclusionProof(treeSize: 4) { leafIndex treeSize path } } } } }',
  );
  const proofs = data?.events.edges.map(({ node }) => node.inclusionProof);
  const proof = (leafIndex: number) => ({ leafIndex, treeSize: 4, path: [expect.any(String), expect.any(String)] });
  expect(proofs).toEqual([proof(0), proof(1), proof(2), proof(3), null, null]);
});

it('proves that it extends every checkpoint that was kept, also across a change of the key', async () => {
  const dataDirectory = temporaryDirectory();
  const first = await grow(dataDirectory, 3);
  await first.world.stop();
  const newKey = { KEYLEDGER_LOG_KEY: randomBytes(32).toString('base64') };
  const second = await grow(dataDirectory, 4, newKey);
  expect(second.checkpoint.publicKey).not.toBe(first.checkpoint.publicKey);
  expect(second.checkpoint.origin).toBe(first.checkpoint.origin);
  const keys = await Promise.all([first, second].map(({ checkpoint }) => parseVerifierKey(checkpoint.publicKey)));
  const [older, newer] = await Promise.all([first, second].map(({ checkpoint }) => verifyCheckpoint(checkpoint.note, keys)));
  const { data } = await second.auditor.send<{ consistencyProof: { path: string[] } }>(
    '{ consistencyProof(fromSize: 6, toSize: 14) { path } }',
  );
  const proof = { first: 6, second: 14, firstRoot: bytes(first.checkpoint.root), secondRoot: bytes(second.checkpoint.root) };
  expect([older?.size, newer?.size]).toEqual([6, 14]);
  expect(await verifyConsistency({ ...proof, path: (data?.consistencyProof.path ?? []).map(bytes) })).toBe(true);
  const kept = notesIn(readFileSync(join(dataDirectory, 'checkpoints'), 'utf8'));
  expect(kept).toContain(first.checkpoint.note);
  expect(kept.at(-1)).toBe(second.checkpoint.note);
});

it('gives the newest checkpoint to anyone as plain text', async () => {
  const { world, checkpoint } = await grow(temporaryDirectory(), 1);
  const response = await fetch(`${world.url}/v1/checkpoint`);
  expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
  expect(await response.text()).toBe(checkpoint.note);
});

it('says that there is none while the log is empty', async () => {
  const world = await openWorld();
  const response = await fetch(`${world.url}/v1/checkpoint`);
  expect(response.status).toBe(503);
  expect(await response.text()).toMatch(/The log is empty/);
  const { data, errors } = await (await world.client({})).send('{ checkpoint { note } }');
  expect(data).toEqual({ checkpoint: null });
  expect(errors).toMatchObject([{ extensions: { code: 'NO_CHECKPOINT' } }]);
});

it.each<[how: string, sql: string, said: RegExp]>([
  [
    'rewritten',
    `UPDATE events SET data = replace(data, 'a key', 'b key') WHERE position = 3`,
    /does not hold the events that a checkpoint of 6 events covers/,
  ],
  ['shortened', 'DELETE FROM events WHERE position > 4', /lacks 2 events at its end/],
])('signs nothing, aloud, when the log was %s after a checkpoint', async (_how, sql, said) => {
  const dataDirectory = temporaryDirectory();
  const { world, checkpoint } = await grow(dataDirectory, 3);
  await world.stop();
  const attacker = new Database(join(dataDirectory, 'events.db'));
  expect(attacker.prepare(sql).run().changes).toBeGreaterThan(0);
  attacker.close();
  for (const suffix of ['', '-wal', '-shm']) rmSync(join(dataDirectory, `projections.db${suffix}`), { force: true });
  const again = await openWorld({ dataDirectory, unready: true });
  const answer = async () => (await fetch(`${again.url}/v1/checkpoint`)).text();
  while (!(await answer()).includes('lacks events, was changed, or is another log')) await delay(25);
  expect(again.log()).toMatch(said);
  await again.stop();
  expect(notesIn(readFileSync(join(dataDirectory, 'checkpoints'), 'utf8')).at(-1)).toBe(checkpoint.note);
});

describe('who may see', () => {
  it("hides the proof of another account's event, and shows it to an auditor", async () => {
    const { world, auditor, account } = await grow(temporaryDirectory(), 1);
    const owner = await world.client({ account });
    const [event] = await eventsOf(owner, 2);
    const query = `{ inclusionProof(eventId: "${event?.eventId}", treeSize: 2) { leafIndex } }`;
    const stranger = await world.client({ account: newAccount() });
    expect((await stranger.send(query)).data).toEqual({ inclusionProof: null });
    expect((await owner.send(query)).data).toEqual({ inclusionProof: { leafIndex: 0 } });
    expect((await auditor.send(query)).data).toEqual({ inclusionProof: { leafIndex: 0 } });
  });

  it.each([
    '{ checkpoint { note } }',
    '{ inclusionProof(eventId: "x", treeSize: 0) { path } }',
    '{ consistencyProof(fromSize: 0, toSize: 0) { path } }',
  ])('refuses an analyst %s', async (query) => {
    const world = await openWorld();
    const { errors } = await (await world.client({ role: 'analyst' })).send(query);
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  });

  it.each([
    ['consistencyProof(fromSize: 5, toSize: 4)', 'fromSize', 'fromSize must be from 0 to toSize, which is 4'],
    ['consistencyProof(fromSize: -1, toSize: 1)', 'fromSize', 'fromSize must be from 0 to toSize, which is 1'],
    ['consistencyProof(fromSize: 0, toSize: 1000)', 'toSize', /^toSize: The tree has \d+ leaves, but not yet 1000\.$/],
  ])('refuses sizes that the tree never had, and says which of them is wrong: %s', async (field, argument, message) => {
    const { auditor } = await grow(temporaryDirectory(), 1);
    const { errors } = await auditor.send(`{ ${field} { path } }`);
    expect(errors).toMatchObject([
      { message: expect.stringMatching(message), extensions: { code: 'BAD_USER_INPUT', path: [argument] } },
    ]);
  });
});
