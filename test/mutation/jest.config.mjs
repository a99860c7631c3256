import { readFileSync } from 'node:fs';

const { jest } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
const { globalSetup, globalTeardown, maxWorkers, testEnvironment, ...common } = jest;

/** The suite's own settings, for the tests of what is mutated. No process and no EventStoreDB is started. */
export default {
  ...common,
  rootDir: process.cwd(),
  testMatch: ['domain', 'commands', 'store'].map((folder) => `<rootDir>/test/${folder}/**/*.test.ts`),
  testPathIgnorePatterns: [
    'test/commands/audit/stopped-read-log',
    'test/commands/keys/late-projection',
    'test/commands/keys/stopped-projection',
    '/test/store/(?!codec)',
  ],
};
