import { patiently } from '../../src/cli/patiently.js';
import { OutcomeUnknown, StoreUnavailable, VersionConflict } from '../../src/store/event-store.js';

it('gives up on a store that stays away, and says that the command can be run again', async () => {
  for (const error of [new StoreUnavailable(), new OutcomeUnknown()]) {
    let asked = 0;
    const ask = () => {
      asked += 1;
      return Promise.reject(error);
    };
    const outcome = patiently(ask, 100);
    await expect(outcome).rejects.toThrow('not answered for 0.1 s. Run the command again: it continues where it stopped.');
    await expect(outcome).rejects.toMatchObject({ cause: error });
    expect(asked).toBeGreaterThan(1);
  }
});

it('asks nobody again who has answered', async () => {
  let asked = 0;
  const conflict = new VersionConflict('apiKeys-a', 0, 1);
  const outcome = patiently(() => {
    asked += 1;
    return Promise.reject(conflict);
  });
  await expect(outcome).rejects.toBe(conflict);
  expect(asked).toBe(1);
});
