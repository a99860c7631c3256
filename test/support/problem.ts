import { type ErrorCode, meaningOf } from '../../src/shared/error-codes.js';
import type { PlainAnswer } from './http.js';

/** Expects exactly that problem, with a header that forbids caching (RFC 9457). */
export function expectProblem({ status, headers, body }: PlainAnswer, code: ErrorCode, publicOrigin = ''): void {
  const { status: expected, title } = meaningOf(code);
  expect(JSON.parse(body)).toEqual({
    type: `${publicOrigin}/docs/errors#${code}`,
    title,
    status: expected,
    code,
    detail: expect.stringMatching(/\S\.$/),
  });
  expect(status).toBe(expected);
  expect(headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(headers['cache-control']).toBe('no-store');
}
