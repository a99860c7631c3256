import { setTimeout as delay } from 'node:timers/promises';
import { keyledger } from '../cli/run.js';
import { describeWhenLong } from '../support/long.js';
import { RESTORABLE } from '../support/restorable.js';
import { statusOf } from '../support/verify.js';
import { openWorld } from '../support/world.js';

const PSEUDONYM_KEY = Buffer.alloc(32, 5).toString('base64');

describeWhenLong.each(RESTORABLE)('on %s', (_name, make, it) => {
  it('counts after a restore what the log holds, neither more nor less, where only uses were lost', async () => {
    const { dataDirectory, env, keep, putBack } = await make();
    const settings = { ...env, KEYLEDGER_PSEUDONYM_KEY: PSEUDONYM_KEY };
    const start = () => openWorld({ dataDirectory, env: settings });
    const first = await start();
    const client = await first.client({});
    const { account } = client;
    const held = await client.newKey();
    await first.stop();

    /** Uses the key that often, in a process of its own, which records the uses before it stops. */
    const use = async (times: number) => {
      const world = await start();
      for (let time = 0; time < times; time += 1) expect(await statusOf(world, held)).toBe(200);
      // Unlike a stop, it has no time limit.
      await world.app.write.uses.flush();
      await world.stop();
    };
    /** Resolves once a process counts that many uses. */
    const counted = async (count: number) => {
      const world = await start();
      const owner = await world.client({ account });
      for (let found = Number.NaN; found !== count; await delay(25)) {
        // Null as long as the projection is being filled.
        const { data } = await owner.send<{ account: { keys: { usage: { count: number }[] | null }[] } }>(
          '{ account { keys { usage(days: 1) { count } } } }',
        );
        found = data?.account.keys[0]?.usage?.reduce((sum, day) => sum + day.count, 0) ?? Number.NaN;
      }
      await world.stop();
    };

    await use(5);
    await keep();
    await use(5);
    await counted(10);
    await putBack();
    await counted(5);
    await use(4);
    await counted(9);
    const { code, stdout } = await keyledger(['replay'], { ...settings, KEYLEDGER_DATA: dataDirectory });
    expect(stdout).not.toMatch(/differs/);
    expect(code).toBe(0);
  });
});
