import { codeOf } from '../../shared/error-code.js';
import { ExplainedError } from '../../shared/explained-error.js';
import { isThere } from '../../shared/is-there.js';
import { messageOf } from '../../shared/message-of.js';
import { StoreUnavailable } from '../../store/event-store.js';

/** By the beginnings of the codes that the operating system and SQLite give. */
const REMEDIES: [codes: string[], remedy: string][] = [
  [['ENOSPC', 'EDQUOT', 'EFBIG', 'SQLITE_FULL'], 'Make room on the disk, then run the command again.'],
  [['EIO', 'SQLITE_IOERR'], 'The disk failed. Check it, then run the command again.'],
  [['EROFS', 'EACCES', 'SQLITE_READONLY'], 'Make it possible to write there, then run the command again.'],
  [
    ['SQLITE_CANTOPEN'],
    'Make it possible to write in its directory, which SQLite needs also to read it. Then run the command again.',
  ],
];

const READABLE = 'Let this user read it, then run the command again.';

/** What went wrong, and what to do if it was the disk or the store. */
export function failureText(error: unknown): string {
  const [message, remedy] = [messageOf(error), outageIn(error) ?? remedyFor(error)];
  if (error instanceof StoreUnavailable && error.detail !== undefined) return error.detail;
  return remedy === undefined ? message : `${message.replace(/\.$/, '')}. ${remedy}`;
}

/** Which store does not answer, if an error was caused by that. */
function outageIn(error: unknown): string | undefined {
  for (let at = error; at instanceof Error; at = at.cause) if (at instanceof StoreUnavailable && at.detail) return at.detail;
  return undefined;
}

/** What to do about an error of the disk, or about one that such an error caused; undefined if it is none. */
function remedyFor(error: unknown): string | undefined {
  for (let at = error; at instanceof Error && !(at instanceof ExplainedError); at = at.cause) {
    const code = codeOf(at);
    const known = REMEDIES.find(([codes]) => codes.some((start) => code?.startsWith(start)))?.[1];
    const remedy = code === 'EACCES' && isUnreadable(Reflect.get(at, 'path')) ? READABLE : known;
    if (remedy !== undefined) return messageOf(error).includes(at.message) ? remedy : `The reason: ${at.message}. ${remedy}`;
  }
  return undefined;
}

/** True if the path leads to something that this user may not read, or leads through a directory that it may not enter. */
function isUnreadable(path: unknown): boolean {
  try {
    if (typeof path === 'string') isThere(path);
    return false;
  } catch {
    return true;
  }
}
