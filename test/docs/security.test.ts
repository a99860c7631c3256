import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DATA_FILES } from '../../src/reference/data-files.js';
import { SECRETS } from '../../src/settings/environment.js';
import { ROOT } from '../support/pages.js';

const text = readFileSync(join(ROOT, 'SECURITY.md'), 'utf8');

/** The first column of the table: who has what. */
const holders = [...text.matchAll(/^\| (.*?) \|/gm)].map(([, holder = '']) => holder);

/** Files and folders that only their owner may read. */
const PRIVATE = DATA_FILES.filter(({ mode }) => mode === '0600' || mode === '0700').map(({ name }) => name);

it.each([...SECRETS, ...PRIVATE])('SECURITY.md says what the holder of %s can do', (name) => {
  expect(holders.filter((holder) => holder.includes(`\`${name}\``))).not.toEqual([]);
});

it('SECURITY.md advises to keep every file with a key from others', () => {
  const advice = text.split('\n').find((line) => line.includes('mode 0600')) ?? '';
  const keys = PRIVATE.filter((name) => /\.(?:key|jwk)$/.test(name));
  expect(keys.filter((name) => !advice.includes(`\`${name}\``))).toEqual([]);
});
