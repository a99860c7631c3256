import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { makeDirectory } from '../../src/shared/make-directory.js';
import { here } from '../cli/here.js';
import { keyledger } from '../cli/run.js';
import { temporaryDirectory } from '../support/cleanup.js';

const modeOf = (path: string) => statSync(path).mode & 0o777;

let place: string;
beforeEach(() => {
  place = temporaryDirectory();
  writeFileSync(join(place, 'file'), 'text');
  symlinkSync(join(place, 'nothing'), join(place, 'dangling'));
  symlinkSync(join(place, 'loop'), join(place, 'loop'));
});

it('creates the directory and those above it for its owner only', () => {
  makeDirectory(join(place, 'a', 'b', 'c'));
  for (const path of ['a', 'a/b', 'a/b/c']) expect(modeOf(join(place, path))).toBe(0o700);
});

it('leaves what is there as it is, also behind a link', () => {
  mkdirSync(join(place, 'there'), { mode: 0o750 });
  symlinkSync(join(place, 'there'), join(place, 'link'));
  makeDirectory(join(place, 'there'));
  makeDirectory(join(place, 'link'));
  makeDirectory(join(place, 'link', 'new'));
  makeDirectory('/');
  expect([modeOf(join(place, 'there')), modeOf(join(place, 'there', 'new'))]).toEqual([0o750, 0o700]);
});

it('takes a relative path, and one that leads through what is missing', () => {
  makeDirectory(relative(process.cwd(), join(place, 'a')));
  makeDirectory(`${place}/b/../c/`);
  expect(existsSync(join(place, 'a')) && existsSync(join(place, 'c'))).toBe(true);
});

it.each([
  ['a file', 'file', 'file is not a directory'],
  ['a path below a file', 'file/a/b', 'file is not a directory'],
  ['a link to nothing', 'dangling', 'dangling is a link that leads nowhere'],
  ['a path below a link to nothing', 'dangling/a', 'dangling is a link that leads nowhere'],
  ['a link to itself', 'loop', 'loop is a link that leads nowhere'],
])('names the path, what is in its way, and the setting, for %s', (_what, path, reason) => {
  expect(() => makeDirectory(join(place, path))).toThrow(
    `${join(place, path)} cannot be created: ${join(place, reason)}. Set KEYLEDGER_DATA to another directory.`,
  );
  expect(readFileSync(join(place, 'file'), 'utf8')).toBe('text');
});

it('says how to choose another path where it comes from elsewhere', () => {
  const make = () => makeDirectory(join(place, 'file'), { alternative: 'name another directory' });
  expect(make).toThrow(/is not a directory\. Name another directory\.$/);
});

it.each([[['serve']], [['demo']]])('%j says which directory cannot be created, and what to do', async (args) => {
  const data = join(place, 'file', 'data');
  const { code, stderr } = await here(args, { KEYLEDGER_DATA: data, LOG_LEVEL: 'silent' });
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^keyledger: \S+\/file\/\S+ cannot be created: \S+\/file is not a directory\. Set KEYLEDGER_DATA to another directory\.\n$/,
  );
});

it('is the only one to create directories at paths that others chose', () => {
  const source = join(import.meta.dirname, '../../src');
  const makers = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file))
    .filter((file) => /\bmkdir(?:Sync)?\b\(/.test(readFileSync(join(source, file), 'utf8')));
  expect(makers).toEqual(['shared/make-directory.ts']);
});

const PROC = '/proc/keyledger/data';

(existsSync('/proc/self') ? it : it.skip)('ends where the system creates nothing', async () => {
  const { code, stderr } = await keyledger(['demo', '--accounts', '1', '--days', '1'], { KEYLEDGER_DATA: PROC });
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: `keyledger: ${PROC} cannot be created: ENOENT: no such file or directory, mkdir '/proc/keyledger'. Set KEYLEDGER_DATA to another directory.\n`,
  });
});
