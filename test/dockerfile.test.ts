import { execFile, execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { temporaryDirectory } from './support/cleanup.js';
import { freePort } from './support/eventstoredb-server.js';
import { itWhenLong } from './support/long.js';
import { openWorld } from './support/world.js';

const ROOT = join(import.meta.dirname, '..');

interface Instruction {
  name: string;
  text: string;
}

/** All instructions in order. A line that ends with a backslash goes on. */
const instructions = readFileSync(join(ROOT, 'Dockerfile'), 'utf8')
  .replaceAll('\\\n', ' ')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line): Instruction => {
    const [, name = '', text = ''] = /^(\w+) +(.*)$/.exec(line) ?? [];
    return { name, text };
  });

const lastFrom = instructions.findLastIndex(({ name }) => name === 'FROM');
/** The stage that builds, and the one that is the image. */
const [building, image] = [instructions.slice(0, lastFrom), instructions.slice(lastFrom)];

function textsOf(within: Instruction[], name: string): string[] {
  return within.filter((instruction) => instruction.name === name).map(({ text }) => text);
}

/** The files and folders that instructions take from the checkout, and where they go. */
function copiesOf(within: Instruction[]): { from: string; to: string }[] {
  return textsOf(within, 'COPY')
    .filter((text) => !text.startsWith('--from='))
    .flatMap((text) => {
      const paths = text.split(/ +/);
      const to = paths.pop() ?? '';
      return paths.map((from) => ({ from, to: to.endsWith('/') ? join(to, from) : to }));
    });
}

it('each stage is on Node 24', () => {
  expect(textsOf(instructions, 'FROM')).toEqual([
    expect.stringMatching(/^node:24-\S+ AS build$/),
    expect.stringMatching(/^node:24-\S+$/),
  ]);
});

it('the image runs as a user without rights, from before its command on', () => {
  const names = image.map(({ name }) => name);
  expect(textsOf(image, 'USER')).toEqual(['node']);
  expect(names.indexOf('USER')).toBeLessThan(names.indexOf('CMD'));
  expect(names.slice(names.indexOf('USER'))).not.toContain('RUN');
});

it('the health check succeeds as soon as the process lives, and fails where none does', async () => {
  const [check = ''] = textsOf(image, 'HEALTHCHECK');
  const [program, ...args]: string[] = JSON.parse(check.slice(check.indexOf(' CMD ') + ' CMD '.length));
  expect(program).toBe('node');
  const run = (PORT: string) => promisify(execFile)(process.execPath, args, { env: { PORT } });
  const { url, log } = await openWorld({ unready: true });
  await run(new URL(url).port);
  const asked = log()
    .split('\n')
    .filter((line) => line.includes('"route":'));
  expect(asked.map((line) => JSON.parse(line).route)).toEqual(['/livez']);
  await expect(run(String(await freePort()))).rejects.toMatchObject({ code: 1 });
});

it('.dockerignore leaves everything away but what is copied', () => {
  const [all, ...kept] = readFileSync(join(ROOT, '.dockerignore'), 'utf8').trim().split('\n');
  const copied = copiesOf(instructions).map(({ from }) => from);
  expect(all).toBe('*');
  expect(kept.map((line) => line.replace(/^!/, '')).sort()).toEqual([...new Set(copied)].sort());
});

itWhenLong('what is copied is enough to build', () => {
  const directory = temporaryDirectory();
  for (const { from, to } of copiesOf(building)) {
    mkdirSync(join(directory, to, '..'), { recursive: true });
    cpSync(join(ROOT, from), join(directory, to), { recursive: true });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(directory, 'node_modules'));
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: directory, env: { ...process.env, COMMIT: 'abc' }, stdio: 'pipe' });
  expect(readFileSync(join(directory, 'dist/commit'), 'utf8')).toBe('abc');
  for (const built of ['server/keyledger.js', 'dashboard/index.html']) {
    expect(existsSync(join(directory, 'dist', built))).toBe(true);
  }
});
