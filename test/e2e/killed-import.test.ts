import { join } from 'node:path';
import { COMMAND, keyledger, type Outcome, run } from '../cli/run.js';
import { temporaryDirectory } from '../support/cleanup.js';
import { describeOwnEsdb, ownServer } from '../support/eventstoredb.js';
import { expectSameLog, isSealed, newSource, settings } from '../support/imports.js';
import { describeWithStrace, momentsIn, spread, striking, watching } from '../support/strace.js';

/** At how many of its calls imports are killed, one after another; each goes on where the one before was. */
const KILLS = 20;
const EVENTS = 60;

describeWithStrace('an import that is killed', () => {
  describeOwnEsdb('with EventStoreDB', () => {
    it('goes on where it was, wherever it is killed, and the logs are the same at the end', async () => {
      const [watched, directory] = [await newSource(EVENTS), await newSource(EVENTS)];
      const calls = join(temporaryDirectory(), 'calls');
      const first = await ownServer();
      const line = [process.execPath, COMMAND, 'import'];
      const [program = '', ...options] = [...watching(calls), ...line];
      expect(await run(program, options, settings(watched, first))).toMatchObject({ code: 0 });
      // Also what it sends to EventStoreDB: the events.
      const moments = spread(
        [...momentsIn(calls, '/keyledger-'), ...momentsIn(calls, '<TCP:'), ...momentsIn(calls, '<socket:')],
        KILLS,
      );

      const server = await ownServer();
      const codes: Outcome['code'][] = [];
      for (const moment of moments) {
        const [killer = '', ...rest] = [...striking(moment), ...line];
        codes.push((await run(killer, rest, settings(directory, server))).code);
      }
      // One that goes on may make fewer calls, and then it ends.
      expect(codes.filter((code) => code !== 0 && code !== null)).toEqual([]);
      expect(codes).toContain(null);
      expect(await keyledger(['import'], settings(directory, server))).toMatchObject({ code: 0 });
      expect(isSealed(directory)).toBe(true);
      await expectSameLog(directory, server);
    });
  });
});
