import type { ExecutionResult } from 'graphql';
import { isAsyncIterable, mapAsyncIterator, type Plugin } from 'graphql-yoga';
import { type ErrorCode, isErrorCode } from '../shared/error-codes.js';

/** `OTHER` stands for what is none of our codes. */
export type CountedCode = ErrorCode | 'OTHER';

/** Tells of every error as it is answered, by its code; those of a feed, as they come. */
export function countedErrors(onError: (code: CountedCode) => void): Plugin {
  const count = <T extends ExecutionResult>(result: T): T => {
    for (const { extensions } of result.errors ?? []) onError(isErrorCode(extensions?.code) ? extensions.code : 'OTHER');
    return result;
  };
  return {
    onResultProcess({ result, setResult }) {
      if (isAsyncIterable(result)) setResult(mapAsyncIterator(result, count));
      else for (const each of [result].flat()) count(each);
    },
  };
}
