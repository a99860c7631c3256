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

it('fails for all who share it, and not for those who ask later', async () => {
  const { proof, attempts, begun } = controlled();
  const first = proof.require();
  await begun(1);
  const shared = [proof.require(), proof.require()];
  attempts[0]?.reject(new Error('cut off'));
  await expect(first).rejects.toThrow('cut off');
  await begun(2);
  const later = proof.require();
  attempts[1]?.reject(new Error('no majority'));
  for (const one of shared) await expect(one).rejects.toThrow('no majority');
  await begun(3);
  attempts[2]?.resolve();
  await later;
  expect(attempts).toHaveLength(3);
});
