import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { Generations } from '../../../src/projections/engine/generations.js';
import { temporaryDirectory } from '../../support/cleanup.js';

const generations = () => new Generations(temporaryDirectory(), 'some.db');

it.each<[what: string, create: (path: string) => void]>([
  ['a pipe', (path) => execFileSync('mkfifo', [path])],
  ['a directory', (path) => mkdirSync(path)],
  ['nothing', () => {}],
])('%s is no file of projections, so nobody opens it as a new one', (_what, create) => {
  const files = generations();
  create(files.path);
  expect(files.present()).toBeUndefined();
});

it('a file of projections is known by what it is, and not by its name', () => {
  const files = generations();
  writeFileSync(files.path, '');
  const present = files.present();
  expect(present).toBeDefined();
  renameSync(files.path, `${files.path}.aside`);
  writeFileSync(files.path, '');
  expect(files.present()).not.toBe(present);
});
