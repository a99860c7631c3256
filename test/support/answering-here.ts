import { type Answering, answeredIn, replyTo } from '../../src/projections/analytics/answering.js';

/** Answers in the thread of the caller, which can do nothing else meanwhile. */
export function answeringHere(file: string): Answering {
  return {
    answer: async (question, at) => answeredIn(replyTo({ question, at }, file, 0)),
    close() {},
  };
}
