import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const cleanupsOfFile: (() => unknown)[] = [];
const cleanupsOfTest: (() => unknown)[] = [];
let isInTest = false;

/**
 * Registers a clean-up for the end of the present test, even if it fails; outside a test, for the end of the file. Clean-ups run in
 * reverse order.
 */
export function cleanUpLater(undo: () => unknown): void {
  (isInTest ? cleanupsOfTest : cleanupsOfFile).push(undo);
}

/** Registers a clean-up for the end of the file: for what a test opens and later tests use. */
export function cleanUpAfterFile(undo: () => unknown): void {
  cleanupsOfFile.push(undo);
}

beforeEach(() => {
  isInTest = true;
});

afterEach(async () => {
  isInTest = false;
  for (const undo of cleanupsOfTest.splice(0).reverse()) await undo();
});

afterAll(async () => {
  for (const undo of cleanupsOfFile.splice(0).reverse()) await undo();
});

/** Creates an empty directory. It is removed after the test, or after the file if no test has begun. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'keyledger-'));
  cleanUpLater(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

let accounts = 0;

/** An account id that no other test uses, on any store. */
export function newAccount(): string {
  accounts += 1;
  return `test-${process.pid}-${Date.now().toString(36)}-${accounts}`;
}

/** Settings for tests that wait for a request's deadline. Requests that do not wait meet it on a busy machine too. */
export const SHORT_DEADLINE = { KEYLEDGER_DEADLINE: '3s' };
