import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const Lockfile = z.object({
  packages: z.record(z.string(), z.object({ integrity: z.string().optional(), resolved: z.string().optional() })),
});

const Package = z.object({ allowScripts: z.record(z.string(), z.boolean()) });

const { packages } = Lockfile.parse(read('package-lock.json'));
const { allowScripts } = Package.parse(read('package.json'));
const locked = Object.entries(packages).filter(([path]) => path !== '');

it('has a hash of each package that npm ci installs, so that no registry can give another one', () => {
  const unhashed = locked.filter(([, { integrity }]) => !integrity?.startsWith('sha512-'));
  expect(unhashed.map(([path]) => path)).toEqual([]);
});

it('installs each package whose scripts are allowed or refused', () => {
  expect(Object.keys(allowScripts).filter((name) => packages[`node_modules/${name}`] === undefined)).toEqual([]);
});

it('names no registry, so that everybody installs from their own', () => {
  const bound = locked.filter(([, { resolved }]) => resolved !== undefined);
  expect(bound.map(([path]) => path)).toEqual([]);
});

function read(name: string): unknown {
  return JSON.parse(readFileSync(join(import.meta.dirname, '..', name), 'utf8'));
}
