import { here } from './here.js';

/** A server that started would end with 1: there is no such address. */
const ENV = { HOST: '192.0.2.1', LOG_LEVEL: 'silent' };

it.each<[args: string, said: string]>([
  ['chekpoint', 'There is no command `chekpoint`. Did you mean `checkpoint`?'],
  ['Token --role auditor', 'There is no command `Token`. Did you mean `token`?'],
  ['EXPORT', 'There is no command `EXPORT`. Did you mean `export`?'],
  ['as-of --at 2026-01-01', 'There is no command `as-of`. Did you mean `asof`?'],
  ['dmeo', 'There is no command `dmeo`. Did you mean `demo`?'],
  ['hlep', 'There is no command `hlep`. Did you mean `help`?'],
  ['verify', 'There is no command `verify`. Did you mean `verify-log`?'],
  ['help chekpoint', 'There is no command `chekpoint`. Did you mean `checkpoint`?'],
  ['chekpoint --help', 'There is no command `chekpoint`. Did you mean `checkpoint`?'],
  ['statrt', 'There is no command `statrt`. `keyledger help` lists the commands.'],
  ['re', 'There is no command `re`. `keyledger help` lists the commands.'],
  ['frobnicate', 'There is no command `frobnicate`. `keyledger help` lists the commands.'],
  ['help frobnicate', 'There is no command `frobnicate`. `keyledger help` lists the commands.'],
  ['', 'There is no command ``. `keyledger help` lists the commands.'],
  ['--workers 2 chekpoint', 'There is no command `chekpoint`. Did you mean `checkpoint`?'],
  ['--workers=2 chekpoint', 'There is no command `chekpoint`. Did you mean `checkpoint`?'],
  ['--role auditor tokn', 'There is no command `tokn`. Did you mean `token`?'],
  ['--repair frobnicate', 'There is no command `frobnicate`. `keyledger help` lists the commands.'],
  ['-- chekpoint', 'There is no command `chekpoint`. Did you mean `checkpoint`?'],
  ['--workers 2 checkpoint', 'Write the command first, then its options: `keyledger checkpoint`.'],
  ['--account acme --role owner token', 'Write the command first, then its options: `keyledger token`.'],
  ['--workers 2 serve', 'Write the command first, then its options: `keyledger serve`.'],
  ['--repair help replay', 'Write the command first, then its options: `keyledger help`.'],
])('refuses a command that does not exist: %s', async (args, said) => {
  expect(await here(args.split(' '), ENV)).toEqual({ code: 2, stdout: '', stderr: `keyledger: ${said}\n` });
});

it.each(['help', '-- help', 'help token', 'help reference', 'token --help', 'reference --help', '--help', '--version'])(
  'explains what exists: %s',
  async (args) => {
    expect(await here(args.split(' '), ENV)).toMatchObject({ code: 0, stderr: '' });
  },
);

it('gives the server no argument', async () => {
  const said = "error: too many arguments for 'serve'. Expected 0 arguments but got 1.\n";
  expect(await here(['serve', '--workers', '2', 'chekpoint'], ENV)).toEqual({ code: 2, stdout: '', stderr: said });
});

it.each([
  ['--workers two', "error: option '--workers <count>' argument 'two' is invalid."],
  ['--prot 80', "error: unknown option '--prot'"],
  ['--workers', '`keyledger serve` needs a value after --workers: '],
])('leaves wrong options of the server to it: %s', async (args, said) => {
  const { code, stderr } = await here(args.split(' '), ENV);
  expect(code).toBe(2);
  expect(stderr).toContain(said);
});
