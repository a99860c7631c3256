import { here } from './here.js';

it.each([
  [
    'an option',
    'token',
    [],
    /needs the option --role <role>: the role of the token, one of owner, operator, auditor, analyst\./,
  ],
  ['an option', 'sign-in-link', [], /needs the option --role <role>: /],
  ['an option', 'asof', [], /needs the option --at <time>: the instant, such as /],
  [
    'an option',
    'verify-log',
    ['history.ndjson'],
    /needs the option --public-key <file\.\.\.>: files with the public keys that `keyledger log-key` printed/,
  ],
  ['an argument', 'verify-log', ['--public-key', 'key.pub'], /needs <history>: the file with the export\./],
  ['an argument', 'backup', [], /needs <directory>: the target directory/],
  ['an argument', 'restore', [], /needs <directory>: the directory that `keyledger backup` wrote\./],
  ['a value', 'token', ['--role'], /needs a value after --role: the role of the token, one of owner/],
])('says that %s is missing, what it is, and where it is explained: %s', async (_what, command, args, message) => {
  const { code, stdout, stderr } = await here([command, ...args]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(new RegExp(`^keyledger: \`keyledger ${command}\` needs `));
  expect(stderr).toMatch(message);
  expect(stderr).toContain(`\`keyledger ${command} --help\` explains all of it.`);
});
