import type { Outcome } from '../cli/run.js';

/** Expects that a command ended by itself, with a reason where it failed, and never with a stack. */
export function expectEnd({ code, stdout, stderr }: Outcome): void {
  expect([0, 1, 2]).toContain(code);
  expect(stderr).not.toMatch(/^\s+at .*:\d+:\d+/m);
  expect(stderr).not.toMatch(/\b(TypeError|RangeError|SyntaxError|SqliteError)\b/);
  if (code !== 0) expect(stdout + stderr).not.toBe('');
}
