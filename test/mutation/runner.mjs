import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import {
  strykerPlugins as plugins,
  strykerValidationSchema,
} from './.stryker/node_modules/@stryker-mutator/jest-runner/dist/src/index.js';

export { strykerValidationSchema };

/** Where the tests of each name are, and how long those of each file take. Written by the first run, which is in a process of its own. */
const MAP = 'dist/mutation/tests.json';

/** Files of tests that take less than this, in milliseconds, are run together. */
const SHORT = 250;

const [{ factory, ...jest }] = plugins;

/**
 * Stryker's runner for Jest, which runs every file of tests for each mutant. This one runs those whose tests reach the mutant, the shortest
 * first, and ends with the first that notices it.
 */
function createRunner(injector) {
  const runner = factory(injector);
  const { run, dryRun, mutantRun } = runner;
  let testFiles;
  return Object.assign(runner, {
    run: (settings) => run.call(runner, testFiles ? { ...settings, testFiles } : settings),
    dryRun: async (options) => {
      const result = await dryRun.call(runner, options);
      const [files, times] = [{}, {}];
      for (const { id, fileName, timeSpentMs } of result.tests ?? []) {
        const file = relative('.', fileName);
        files[id] = [...(files[id] ?? []), file];
        times[file] = (times[file] ?? 0) + timeSpentMs;
      }
      mkdirSync('dist/mutation', { recursive: true });
      writeFileSync(MAP, JSON.stringify({ files, times }));
      return result;
    },
    mutantRun: async (options) => {
      let result;
      for (testFiles of stages(options.testFilter)) {
        result = await mutantRun.call(runner, options);
        if (result.status !== 'survived') break;
      }
      return result;
    },
  });
}
createRunner.inject = factory.inject;

/** The files to run one after the other. */
function stages(tests) {
  if (!tests) return [undefined];
  const { files, times } = JSON.parse(readFileSync(MAP, 'utf8'));
  const covering = [...new Set(tests.flatMap((id) => files[id]))].sort((a, b) => times[a] - times[b]);
  const short = covering.filter((file) => times[file] < SHORT);
  return [short, ...covering.slice(short.length).map((file) => [file])].filter(({ length }) => length > 0);
}

export const strykerPlugins = [{ ...jest, factory: createRunner }];
