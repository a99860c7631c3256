import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const Lockfile = z.object({
  packages: z.record(z.string(), z.object({ integrity: z.string().optional(), resolved: z.string().optional() })),
});

const { packages } = Lockfile.parse(JSON.parse(readFileSync(join(import.meta.dirname, '../package-lock.json'), 'utf8')));
const locked = Object.entries(packages).filter(([path]) => path !== '');

it('has a hash of each package that npm ci installs, so that no registry can give another one', () => {
  const unhashed = locked.filter(([, { integrity }]) => !integrity?.startsWith('sha512-'));
  expect(unhashed.map(([path]) => path)).toEqual([]);
});

it('names no registry, so that everybody installs from their own', () => {
  const bound = locked.filter(([, { resolved }]) => resolved !== undefined);
  expect(bound.map(([path]) => path)).toEqual([]);
});
