import { codeOf } from '../../shared/error-code.js';
import Database from '../../shared/sqlite.js';
import { isLocked, TablesLocked } from '../../shared/until-unlocked.js';
import { NotCaughtUp } from '../engine/caught-up.js';
import type { Connection } from '../engine/connection.js';
import { isDamage, TablesDamaged } from '../engine/damage.js';
import { ACTIVITY, ACTIVITY_USAGE } from '../engine/names.js';
import { positionsIn } from '../engine/position.js';
import { tablesOf } from '../engine/tables.js';
import { type Answered, answerQuestion, type Question } from './question.js';

/** Answers questions from the analytics file, one at a time. */
export interface Answering {
  /** @throws QuestionFailed, TablesOfAnotherVersion, NotCaughtUp, TablesLocked, TablesDamaged */
  answer(question: Question, at: number): Promise<Answered>;
  /** Ends what is under way. */
  close(): void;
}

/** The file cannot be read now, or the thread that read it has ended. The next question opens the file anew. */
class QuestionFailed extends Error {
  readonly code = 'QUESTION_FAILED';
  constructor(options: ErrorOptions) {
    super("The question could not be answered. Try again in a moment; the server's log says why.", options);
  }
}

/** The file has the tables of another version of Keyledger, whose servers answer the question. */
class TablesOfAnotherVersion extends Error {
  readonly code = 'NOT_READY';
  constructor() {
    super('Another version of Keyledger has filled the tables that answer this. Ask a server of that version.');
  }
}

/** What is asked of a thread. */
export interface Request {
  question: Question;
  /** The present, in milliseconds since 1970. */
  at: number;
}

/** What a thread replies. */
export type Reply =
  | { outcome: 'answered'; answered: Answered }
  | { outcome: 'of another version' }
  | { outcome: 'empty' }
  | { outcome: 'failed'; reason: string; code: string | undefined };

/**
 * Opens the file, answers, and closes it again: a file that was replaced or repaired in the meantime needs no special care.
 * @param patience how long SQLite may wait for a lock, in milliseconds
 */
export function replyTo({ question, at }: Request, file: string, patience: number): Reply {
  try {
    const database = new Database(file, { readonly: true, timeout: patience });
    try {
      if (!hasTables(database)) return { outcome: isFilled(database) ? 'of another version' : 'empty' };
      return { outcome: 'answered', answered: answerQuestion(database, question, at) };
    } finally {
      database.close();
    }
  } catch (error) {
    return { outcome: 'failed', reason: String(error), code: codeOf(error) };
  }
}

/** True if it has the tables of this version. */
function hasTables(database: Connection): boolean {
  return [ACTIVITY, ACTIVITY_USAGE].every((name) => tablesOf(database, name).length > 0);
}

function isFilled(database: Connection): boolean {
  return positionsIn(database, 'main').size > 0;
}

/** @throws QuestionFailed, TablesOfAnotherVersion, NotCaughtUp, TablesLocked, TablesDamaged */
export function answeredIn(reply: Reply): Answered {
  if (reply.outcome === 'answered') return reply.answered;
  if (reply.outcome === 'of another version') throw new TablesOfAnotherVersion();
  // Somebody has deleted the file: a new one is being filled.
  if (reply.outcome === 'empty') throw new NotCaughtUp();
  const cause = new Error(reply.reason);
  if (isLocked(reply)) throw new TablesLocked({ cause });
  if (isDamage(reply)) throw new TablesDamaged({ cause });
  throw new QuestionFailed({ cause });
}

/** @param onDamage called each time that the file is found damaged */
export function reportingDamage(answering: Answering, onDamage: (error: TablesDamaged) => void): Answering {
  return {
    async answer(question, at) {
      try {
        return await answering.answer(question, at);
      } catch (error) {
        if (error instanceof TablesDamaged) onDamage(error);
        throw error;
      }
    },
    close: () => answering.close(),
  };
}
