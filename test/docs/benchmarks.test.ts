import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BENCHES } from '../bench/benches.js';
import { type Result, readResults } from '../bench/support/results.js';
import { resultsPage } from '../bench/support/results-page.js';
import { readPages } from '../support/pages.js';

const REFERENCE = join(import.meta.dirname, '../../docs/reference');

const RESULT: Result = {
  at: '2026-01-02T03:04:05.000Z',
  commit: '0123456789ab',
  machine: 'a machine',
  node: '24.0.0',
  figures: { createPerSecond: 12_345.678 },
  ratios: { fast: 2.5, slow: 0.25, large: 1.5, free: 1 },
  goals: { fast: { atLeast: 2 }, slow: { atLeast: 0.5 }, large: { atMost: 1.2 } },
  notes: ['Something was not measured.'],
};

it('docs/reference/benchmarks.md is what the benchmarks have found, and nothing in it is typed by hand', () => {
  const written = readFileSync(join(REFERENCE, 'benchmarks.md'), 'utf8');
  expect(written).toBe(resultsPage(readResults(join(REFERENCE, 'benchmarks.json'))));
});

it('the page says of each result when, where and at which commit it was measured, and whether it reaches its goal', () => {
  const page = resultsPage({ create: RESULT });
  expect(page).toContain('Measured on 2026-01-02 at commit `0123456789ab`, with Node 24.0.0, on a machine.');
  for (const row of [
    '| `fast` | 2.5 | at least 2 | reached |',
    '| `slow` | 0.25 | at least 0.5 | **missed** |',
    '| `large` | 1.5 | at most 1.2 | **missed** |',
    '| `free` | 1 | none | – |',
    '| `createPerSecond` | 12,350 |',
    '- Something was not measured.',
  ]) {
    expect(page.split('\n')).toContain(row);
  }
});

it('the page names every benchmark, also one that was never run', () => {
  const headings = [...resultsPage({}).matchAll(/^## `(.+)`$/gm)].map(([, name]) => name);
  expect(headings).toEqual(Object.keys(BENCHES));
});

it('every benchmark that a page names is there', () => {
  const named = readPages().flatMap(({ text }) => [...text.matchAll(/npm run bench -- ([a-z]\w*)/g)].map(([, name]) => name));
  expect(named.filter((name = '') => name !== 'all' && !(name in BENCHES))).toEqual([]);
});
