import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { code, list, page, table } from '../../../src/reference/markdown.js';
import { shown } from '../support/bench.js';
import { plotOf } from './plot.js';
import { earlyAndLate, SERIES_NAMES, type SoakResult } from './result.js';
import { SERIES } from './samples.js';

/** Within the folder. */
const WRITTEN = { page: 'explanation/soak.md', values: 'pictures/soak.json', plot: 'pictures/soak.svg' };
const RESULT = '\n## Result\n';

/** The files of `docs` that a run writes. */
export const PUBLISHED = Object.values(WRITTEN).map((file) => join('docs', file));

/** Writes the result, its plot and the page into a folder that is made as `docs` is. What the page says before the result stays. */
export function publishInto(folder: string, result: SoakResult): void {
  for (const file of Object.values(WRITTEN)) mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, WRITTEN.values), `${JSON.stringify(result)}\n`);
  writeFileSync(join(folder, WRITTEN.plot), plotOf(result));
  const [before = ''] = readFileSync(join('docs', WRITTEN.page), 'utf8').split(RESULT);
  writeFileSync(join(folder, WRITTEN.page), `${before}${RESULT}\n${resultText(result)}`);
}

function resultText(result: SoakResult): string {
  const { at, commit, machine, node, minutes, answered, interrupted, failed, wrong, steps, verified } = result;
  const series = SERIES_NAMES.map((name) => {
    const { early, late } = earlyAndLate(result, name);
    return [code(name), SERIES[name], shown(early), shown(late)];
  });
  const requests = Object.entries(answered).map(([name, count]) => [name, shown(count)]);
  return page(
    `Measured on ${at.slice(0, 10)} at commit ${code(commit)}, for ${minutes} minutes, with Node ${node}, on ${machine}. All values are in ${code(join('docs', WRITTEN.values))}.`,
    '![Memory, file descriptors, write-ahead logs and delay of the event loop over the run](../pictures/soak.svg)',
    'The medians of the second fifth of the run, and of its last fifth:',
    table(['Value', 'Unit', 'Early', 'Late'], series),
    `Wrong answers: ${wrong}. Requests that failed while the server served: ${failed}. Requests that failed because it was being restarted: ${interrupted}. Answered:`,
    table(['Request', 'Answered'], requests),
    'What was done, in seconds since the start:',
    list(steps.map(({ what, from, to }) => `${shown(from)} to ${shown(to)}: ${what}`)),
    'At the end, `verify-log` said of the whole history:',
    list(verified.trim().split(/\n */)),
  );
}
