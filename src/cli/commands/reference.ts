import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { referencePages } from '../../reference/pages.js';
import { makeDirectory } from '../../shared/make-directory.js';
import { say } from '../output/output.js';

/**
 * Writes the part of the documentation that is generated from the code.
 * @param root the repository
 * @param check write nothing, only report the pages that are out of date
 * @returns true if the pages match the code
 */
export function writeReference(root: string, program: Command, { check = false }: { check?: boolean }): boolean {
  const pages = [...referencePages(root, program)];
  if (!check) {
    for (const [path, content] of pages) {
      makeDirectory(dirname(join(root, path)), { mode: 0o755, alternative: 'name the repository' });
      writeFileSync(join(root, path), content);
    }
    return true;
  }
  const isStale = ([path, content]: [string, string]) =>
    !existsSync(join(root, path)) || readFileSync(join(root, path), 'utf8') !== content;
  const stale = pages.filter(isStale);
  for (const [path] of stale) say(`${path} is out of date. Run \`npm run generate\`.`);
  return stale.length === 0;
}
