import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ROOT } from '../support/pages.js';

const Versions = z.record(z.string(), z.string());
const { dependencies, optionalDependencies, overrides } = z
  .object({ dependencies: Versions, optionalDependencies: Versions, overrides: Versions })
  .parse(JSON.parse(read('package.json')));
const { packages } = z
  .object({
    packages: z.record(z.string(), z.object({ hasInstallScript: z.boolean().optional(), dev: z.boolean().optional() })),
  })
  .parse(JSON.parse(read('package-lock.json')));

const page = read('docs/explanation/dependencies.md');

it('lists each package that runs, with its version and whether it has an install script', () => {
  const used = Object.entries({ ...dependencies, ...optionalDependencies });
  expect(rowsOf('What runs').map(([name, version, , , script]) => [name, version, script])).toEqual(
    used.map(([name, version]) => [`\`${name}\``, version.replace(/^npm:.*@/, ''), hasScript(name) ? 'yes' : 'no']),
  );
});

it('lists each override, with its version', () => {
  const held = Object.entries(overrides).map(([name, version]) => [`\`${name}\``, version]);
  const listed = rowsOf('Overrides').map(([name, version]) => [name, version]);
  expect(listed.sort()).toEqual(held.sort());
});

it('says of each row when it was released', () => {
  const rows = [...rowsOf('What runs'), ...rowsOf('Overrides')];
  expect(rows.filter(([, , released = '']) => !/^20\d\d-\d\d-\d\d$/.test(released))).toEqual([]);
});

it('names each package that runs with an install script, also those that others bring along', () => {
  const paragraph = page.split('\n').find((line) => line.startsWith('**Install scripts.**')) ?? '';
  const scripted = Object.entries(packages).filter(([, { hasInstallScript, dev }]) => hasInstallScript && !dev);
  const names = scripted.map(([path]) => path.replace(/^.*node_modules\//, ''));
  expect(names).not.toEqual([]);
  expect(names.filter((name) => !paragraph.includes(`\`${name}\``))).toEqual([]);
});

function hasScript(name: string): boolean {
  return packages[`node_modules/${name}`]?.hasInstallScript === true;
}

/** The cells of each row in the table of that section. */
function rowsOf(section: string): string[][] {
  const [, text = ''] = page.split(`\n## ${section}\n`);
  const [own = ''] = text.split('\n## ');
  const rows = own.split('\n').filter((line) => line.startsWith('| `'));
  return rows.map((row) =>
    row
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
}

function read(name: string): string {
  return readFileSync(join(ROOT, name), 'utf8');
}
