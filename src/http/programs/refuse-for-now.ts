import type { FastifyReply } from 'fastify';
import type { Failure } from '../failure.js';
import { problem, sendProblem } from '../problem.js';

/**
 * Answers with a problem while answers must not rely on the tables.
 * @returns undefined if they may
 */
export type RefuseForNow = (reply: FastifyReply) => FastifyReply | undefined;

/** @param whyNot why answers must not rely on the tables now; undefined if they may */
export function refuseWhile(whyNot: () => Failure | undefined): RefuseForNow {
  return (reply) => {
    const failure = whyNot();
    return failure && sendProblem(reply, problem(failure.code, failure.message));
  };
}
