import { LeaderProof } from '../../../src/store/eventstoredb/leader-proof.js';

/** A proof whose attempts end when the test says so. */
function controlled() {
  const attempts: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const proof = new LeaderProof(() => new Promise<void>((resolve, reject) => attempts.push({ resolve, reject })));
  const begun = async (count: number) => {
    while (attempts.length < count) await new Promise(setImmediate);
  };
  return { proof, attempts, begun };
}

it('begins after it was asked for: those who ask meanwhile share the next', async () => {
  const { proof, attempts, begun } = controlled();
  const first = proof.require();
  await begun(1);
  const late = [proof.require(), proof.require()];
  let isLateProven = false;
  void late[0]?.then(() => {
    isLateProven = true;
  });
  attempts[0]?.resolve();
  await first;
  await begun(2);
  expect(isLateProven).toBe(false);
  attempts[1]?.resolve();
  await Promise.all(late);
  expect(attempts).toHaveLength(2);
});

it('fails for those who share it, and not for those who ask later', async () => {
  const { proof, attempts, begun } = controlled();
  const first = proof.require();
  await begun(1);
  const second = proof.require();
  attempts[0]?.reject(new Error('no majority'));
  await expect(first).rejects.toThrow('no majority');
  await begun(2);
  attempts[1]?.resolve();
  await second;
});
