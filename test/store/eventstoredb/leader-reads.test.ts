import { LeaderReads } from '../../../src/store/eventstoredb/leader-reads.js';

/** The reads of a client that can be replaced, and how often the leader was required. */
function open() {
  const client = { current: 'first' };
  const count = { proofs: 0 };
  const reads = new LeaderReads(client, async () => {
    count.proofs += 1;
  });
  return { client, count, reads };
}

it('requires the leader before the first read, and not again while reads succeed', async () => {
  const { count, reads } = open();
  for (let read = 0; read < 3; read += 1) {
    const before = performance.now();
    const ended = await reads.begin();
    expect(ended()).toBeGreaterThanOrEqual(before);
  }
  expect(count.proofs).toBe(1);
});

it('requires the leader again after a read that did not succeed', async () => {
  const { count, reads } = open();
  await reads.begin();
  await reads.begin();
  expect(count.proofs).toBe(2);
});

it('takes no proof from the node of a client that was replaced', async () => {
  const { client, count, reads } = open();
  const ended = await reads.begin();
  client.current = 'second';
  expect(ended()).toBeUndefined();
  (await reads.begin())();
  expect(count.proofs).toBe(2);
  client.current = 'third';
  await reads.begin();
  expect(count.proofs).toBe(3);
});
