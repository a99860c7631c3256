import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { shellText } from '../../../src/cli/output/quoted.js';
import { formatVerifierKey } from '../../../src/domain/transparency/verifier-key.js';
import { directoryWith, eventsIn, exported, fileOf, LOG_KEY, signerOf } from '../../support/exports.js';
import { untilFilled } from '../../support/readiness.js';
import { openWorld } from '../../support/world.js';
import { COMMAND, keyledger, run } from '../run.js';

const ACCOUNT = Array(20).fill('one');

/** Runs `keyledger` with a terminal as its standard error; its standard output goes to a file. */
function onTerminal(args: string[], env: Record<string, string>) {
  const command = [process.execPath, COMMAND, ...args].map(shellText).join(' ');
  return run('script', ['-qec', `${command} > /dev/null`, '/dev/null'], env);
}

let env: { KEYLEDGER_DATA: string; KEYLEDGER_LOG_KEY: string };
let verification: string[];
beforeAll(async () => {
  env = { KEYLEDGER_DATA: await directoryWith(ACCOUNT), KEYLEDGER_LOG_KEY: LOG_KEY };
  const lines = await exported(env.KEYLEDGER_DATA);
  const key = fileOf(`${formatVerifierKey(signerOf(eventsIn(lines)))}\n`);
  verification = ['verify-log', fileOf(...lines), '--public-key', key];
});

const COUNT = /20 events/;
const BAR = /\[#{24}\] 100 %, 20 events, 0 s left/;

describe('on a terminal', () => {
  it('shows a bar over the bytes of a file', async () => {
    expect((await onTerminal(verification, env)).stdout).toMatch(BAR);
  });

  it('shows a bar over the positions of a log that a server has read, else a counter', async () => {
    for (const args of [['export'], ['asof', '--at', '2027-01-01']]) {
      const { stdout } = await onTerminal(args, env);
      expect(stdout).toMatch(COUNT);
      expect(stdout).not.toContain('%');
    }
    const world = await openWorld({ dataDirectory: env.KEYLEDGER_DATA, env: { KEYLEDGER_LOG_KEY: LOG_KEY } });
    await untilFilled(world);
    await world.stop();
    for (const args of [['export'], ['asof', '--at', '2027-01-01']]) {
      expect((await onTerminal(args, env)).stdout).toMatch(BAR);
    }
  });

  it('shows a counter where the projections are damaged', async () => {
    const KEYLEDGER_DATA = await directoryWith(ACCOUNT);
    writeFileSync(join(KEYLEDGER_DATA, 'projections.db'), 'nonsense');
    const { stdout } = await onTerminal(['export'], { ...env, KEYLEDGER_DATA });
    expect(stdout).toMatch(COUNT);
    expect(stdout).not.toContain('%');
  });
});

it.each([['verify-log'], ['export'], ['asof', '--at', '2027-01-01']])(
  'writes nothing where there is no terminal: %s',
  async (...args) => {
    const outcome = await keyledger(args[0] === 'verify-log' ? verification : args, env);
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
  },
);
