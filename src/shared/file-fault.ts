import { codeOf } from './error-code.js';
import { isThere } from './is-there.js';
import { messageOf } from './message-of.js';

/** An error of SQLite with the name of the file, which SQLite's message lacks. It keeps SQLite's code. */
class FileFault extends Error {
  readonly code: string;
  constructor(file: string, message: string, code: string, options: ErrorOptions) {
    super(`${file}: ${message}`, options);
    this.code = code;
  }
}

/** The same error if SQLite did not throw it; otherwise one that names the file. */
export function withFileName(error: unknown, file: string): unknown {
  const code = codeOf(error);
  if (error instanceof FileFault || !code?.startsWith('SQLITE_')) return error;
  return unreadableBy(code, file) ?? new FileFault(file, messageOf(error), code, { cause: error });
}

/** SQLite has one code for whatever keeps it from opening a file. The system says whether it is a permission to read. */
function unreadableBy(code: string, file: string): unknown {
  if (!code.startsWith('SQLITE_CANTOPEN')) return undefined;
  try {
    isThere(file);
    return undefined;
  } catch (error) {
    return error;
  }
}
