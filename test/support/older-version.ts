import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from './cleanup.js';

const ROOT = join(import.meta.dirname, '../..');

/** Copies the command as it is built, with other names for all tables of projections, as another version has. Returns what starts it. */
export function olderVersion(): string[] {
  const root = temporaryDirectory();
  const server = join(root, 'dist/server');
  mkdirSync(join(root, 'dist'), { recursive: true });
  linkAll('', 'dist');
  linkAll('dist', 'server');
  cpSync(join(ROOT, 'dist/server'), server, { recursive: true });
  for (const name of readdirSync(server)) {
    const text = readFileSync(join(server, name), 'utf8');
    writeFileSync(
      join(server, name),
      text.replace(/\b(keys|transparency|history|reads|usage|activity|activity_usage)_\d\b/g, '$1_0'),
    );
  }
  return [process.execPath, join(server, 'keyledger.js')];

  function linkAll(folder: string, except: string): void {
    for (const name of readdirSync(join(ROOT, folder)))
      if (name !== except) symlinkSync(join(ROOT, folder, name), join(root, folder, name));
  }
}
