import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isErrorCode, meaningOf } from '../../src/shared/error-codes.js';
import { ERROR_CODES } from '../../src/shared/error-meanings.js';

const DOCUMENT = readFileSync(join(import.meta.dirname, '../../docs/reference/errors.md'), 'utf8');
const ROW = /^\| <a id="(\w+)"><\/a>`(\w+)` +\| (\d{3}) +\| (.+?) +\| (.+?) +\| (?:\d+ s)? *\|$/gm;

it('docs/reference/errors.md has an anchor for every code, with its status, its meaning and what to do, in the order of the list', () => {
  const written = [...DOCUMENT.matchAll(ROW)].map(([, anchor, code, status, title, remedy]) => {
    return { anchor, code, status: Number(status), title, remedy };
  });
  const listed = Object.entries(ERROR_CODES).map(([code, { status, title, remedy }]) => {
    return { anchor: code, code, status, title, remedy };
  });
  expect(written).toEqual(listed);
});

/** Codes of errors that no answer of the server contains: they are handled, answered as another error, or thrown by keyledger/verify. */
const INTERNAL = ['OLD_FORMAT', 'VERSION_CONFLICT', 'EXPIRY_IN_THE_PAST', 'TOKEN_TOO_LARGE', 'KEYLEDGER_UNAVAILABLE'];

it('the list holds the code of every error class: one that is not in it is answered as an unexpected error', () => {
  const source = join(import.meta.dirname, '../../src');
  const codes = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => [...readFileSync(join(source, file), 'utf8').matchAll(/readonly code = '(\w+)'/g)])
    .map(([, code]) => code);
  expect(codes.length).toBeGreaterThan(8);
  expect(codes.filter((code) => !isErrorCode(code)).sort()).toEqual(INTERNAL.toSorted());
});

it('the problem that it shows is one', () => {
  const [, json = ''] = /```json\n(.*?)```/s.exec(DOCUMENT) ?? [];
  const { code, type, title, status, detail } = JSON.parse(json);
  if (!isErrorCode(code)) throw new Error(`${code} is no code.`);
  const meaning = meaningOf(code);
  expect({ type, title, status, detail }).toEqual({
    type: `/docs/errors#${code}`,
    title: meaning.title,
    status: meaning.status,
    detail: meaning.remedy,
  });
});

it.each(Object.entries(ERROR_CODES))('%s is written in sentences that say what to do', (_code, { title, remedy }) => {
  expect(title).toMatch(/^[A-Z].*[^.]$/);
  expect(remedy).toMatch(/^[A-Z].*\.$/);
});
