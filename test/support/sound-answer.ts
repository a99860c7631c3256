import { complaintsIn } from './complaints.js';

/**
 * Expects that an answer, as it is on the wire, is no fault of the server, that neither it nor the lines of the log show one of these
 * secrets, and that the log complains of nothing but refused tokens and sign-ins.
 */
export function expectSound(answer: string, lines: string, secrets: readonly string[]): void {
  expect(answer).not.toMatch(/^(HTTP\/1\.1 )?5\d\d /m);
  for (const secret of secrets) {
    expect(answer).not.toContain(secret);
    expect(lines).not.toContain(secret);
  }
  expect(complaintsIn(lines, /"security":true/)).toEqual([]);
}
