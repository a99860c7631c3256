import { codeOf } from '../../shared/error-code.js';

/** By the beginnings of the codes that the operating system and SQLite give. */
const REMEDIES: [codes: string[], remedy: string][] = [
  [['ENOSPC', 'EDQUOT', 'EFBIG', 'SQLITE_FULL'], 'Make room on the disk, then run the command again.'],
  [['EIO', 'SQLITE_IOERR'], 'The disk failed. Check it, then run the command again.'],
  [['EROFS', 'EACCES', 'SQLITE_READONLY'], 'Make it possible to write there, then run the command again.'],
];

/** What to do about an error of the disk; undefined if it is none. */
export function remedyFor(error: unknown): string | undefined {
  const code = codeOf(error);
  return REMEDIES.find(([codes]) => codes.some((start) => code?.startsWith(start)))?.[1];
}
