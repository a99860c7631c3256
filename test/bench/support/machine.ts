import { execFileSync } from 'node:child_process';
import { cpus, totalmem, type } from 'node:os';

/** The commit that is measured. @param written the files that measuring itself writes: they count as unchanged, and their commits as none */
export function commitNow(...written: string[]): string {
  const others = ['--', '.', ...written.map((file) => `:!${file}`)];
  const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8' }).trim();
  const isChanged = git('status', '--porcelain', ...others) !== '';
  return git('log', '-1', '--abbrev=12', '--format=%h', ...others) + (isChanged ? ' and changes' : '');
}

export function machine(): string {
  const [{ model } = { model: 'an unknown processor' }] = cpus();
  return `${type()}, ${cpus().length} cores of ${model}, ${Math.round(totalmem() / 2 ** 30)} GiB of memory`;
}
