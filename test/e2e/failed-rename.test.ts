import { readFileSync } from 'node:fs';
import { ATTEMPTS, type Attempt, attempt, newGround } from '../support/attempts.js';
import { fewUnlessLong, isLong, itWhenLong } from '../support/long.js';
import { describeWithStrace, striking } from '../support/strace.js';

/** The calls that give a file a name. Which of them Node makes depends on the machine. */
const NAMING = {
  rename: '?rename,?renameat,?renameat2',
  link: '?link,?linkat',
  symlink: '?symlink,?symlinkat',
};

/** Every such call that a command makes, and what it says before the error of the operating system and after it. */
const CALLS: [command: string, call: keyof typeof NAMING, count: number, said: RegExp][] = [
  ['backup', 'rename', 1, /'\S+\/events\.db\.incomplete' -> '\S+\/events\.db'/],
  ['restore', 'rename', 2, /'\S+\/restored\.\S+' -> '\S+\/restored'/],
  ['replay --repair', 'rename', 1, /keys\.db could not be filled: .*'\S+\/keys\.db\.\S+' -> '\S+\/keys\.db'.*start one/],
  ['restore', 'rename', 1, /'\S+\/events\.db\.incomplete' -> '\S+\/events\.db'/],
  ['recover', 'rename', 1, /'\S+\/restored\.\S+' -> '\S+\/restored'/],
  ['replay --repair', 'symlink', 1, /keys\.db could not be filled: .*'keys\.db\.\S+' -> '\S+\/keys\.db\.\S+'.*start one/],
  ['log-key that creates the key', 'link', 1, /'\S+\/log\.key\.\S+' -> '\S+\/log\.key'/],
  ['token that creates the key', 'link', 1, /'\S+\/issuer\.jwk\.\S+' -> '\S+\/issuer\.jwk'/],
  ['sign-in-link', 'link', 1, /'\S+\/sign-in\/\S+' -> '\S+\/sign-in\/\w+'/],
];

const ROWS = fewUnlessLong(2, CALLS).flatMap(([command, call, count, said], place) => {
  const errors = isLong ? (['EIO', 'ENOSPC'] as const) : ([place % 2 === 0 ? 'EIO' : 'ENOSPC'] as const);
  return errors.map((error) => ({ command, call, count, said, error }));
});

const REMEDIES = {
  EIO: 'The disk failed. Check it, then run the command again.',
  ENOSPC: 'Make room on the disk, then run the command again.',
};

let ground: Awaited<ReturnType<typeof newGround>>;
beforeAll(async () => {
  ground = await newGround();
});

function begun(command: string): Attempt {
  const begin = ATTEMPTS[command];
  if (!begin) throw new Error(`There is no ${command}.`);
  return begin(ground);
}

describeWithStrace('a command that cannot give a file its name', () => {
  it.each(ROWS)('$command: where $call $count fails with $error, it says what and where, and what to do next', async (row) => {
    const { command, call, count, said, error } = row;
    const failed = begun(command);
    const strike = { call: NAMING[call], count, effect: `error=${error}` } as const;
    const { code, stderr } = await attempt(failed, striking(strike));
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(`${error}: `) });
    expect(stderr).toMatch(said);
    if (command !== 'replay --repair') expect(stderr).toContain(REMEDIES[error]);
    await failed.settle();
  });

  it('leaves nothing of a backup that failed, so that the same command can be run again', async () => {
    const failed = begun('backup');
    const strike = { call: NAMING.rename, count: 1, effect: 'error=ENOSPC' } as const;
    expect(await attempt(failed, striking(strike))).toMatchObject({ code: 1 });
    expect(await attempt(failed, ['env'])).toMatchObject({ code: 0, stderr: '' });
  });

  itWhenLong('an export is signed although the file of checkpoints, which is too large, cannot be exchanged', async () => {
    const failed = begun('export with a file of checkpoints to be shortened');
    const strike = { call: NAMING.rename, count: 1, effect: 'error=EIO' } as const;
    expect(await attempt(failed, striking(strike))).toMatchObject({ code: 0, stderr: '' });
    expect(readFileSync(failed.output, 'utf8')).toContain('{"checkpoint":"keyledger/');
    await failed.settle();
  });
});
