import type { FastifyReply } from 'fastify';
import type { Failure } from '../failure.js';
import { problem, sendProblem } from '../problem.js';

/** Answers with a problem while no answer may rest on what the tables hold. @returns undefined where one may */
export type RefuseForNow = (reply: FastifyReply) => FastifyReply | undefined;

/** @param whyNot why no answer may rest on the tables now; undefined where one may */
export function refuseWhile(whyNot: () => Failure | undefined): RefuseForNow {
  return (reply) => {
    const failure = whyNot();
    return failure && sendProblem(reply, problem(failure.code, failure.message));
  };
}
