/** Mutates what decides: the domain, the commands, and the codec of events. */
export default {
  mutate: ['src/domain/**/*.ts', 'src/commands/**/*.ts', 'src/store/codec.ts'],
  testRunner: 'jest',
  plugins: [new URL('runner.mjs', import.meta.url).pathname],
  jest: { configFile: 'test/mutation/jest.config.mjs', enableFindRelatedTests: false },
  testRunnerNodeArgs: ['--experimental-vm-modules', '--no-warnings'],
  coverageAnalysis: 'perTest',
  // A mutant of what runs once at import needs the whole run of tests, in a process of its own.
  ignoreStatic: true,
  incremental: true,
  incrementalFile: 'dist/mutation/incremental.json',
  tempDirName: 'dist/mutation/sandbox',
  ignorePatterns: ['dist', 'docs', 'examples'],
  tsconfigFile: 'none.json',
  reporters: ['clear-text', 'json', 'html', 'progress-append-only'],
  jsonReporter: { fileName: 'dist/mutation/report.json' },
  htmlReporter: { fileName: 'dist/mutation/report.html' },
  concurrency: 2,
  timeoutMS: 5000,
  dryRunTimeoutMinutes: 20,
  thresholds: { high: 95, low: 90, break: 85 },
};
