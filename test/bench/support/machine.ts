import { execFileSync } from 'node:child_process';
import { cpus, totalmem, type } from 'node:os';

/** The commit that is measured. @param written the files that measuring itself writes: they count as unchanged */
export function commitNow(...written: string[]): string {
  const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8' }).trim();
  const isChanged = git('status', '--porcelain', '--', '.', ...written.map((file) => `:!${file}`)) !== '';
  return git('rev-parse', '--short=12', 'HEAD') + (isChanged ? ' and changes' : '');
}

export function machine(): string {
  const [{ model } = { model: 'an unknown processor' }] = cpus();
  return `${type()}, ${cpus().length} cores of ${model}, ${Math.round(totalmem() / 2 ** 30)} GiB of memory`;
}
