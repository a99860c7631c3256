import type { ExecutionResult } from 'graphql';
import { isAsyncIterable, mapAsyncIterator, type Plugin } from 'graphql-yoga';
import { docsOf, type ErrorCode, isErrorCode } from '../../shared/error-codes.js';

/** `OTHER` stands for what is none of our codes. */
export type CountedCode = ErrorCode | 'OTHER';

/**
 * Sees every error as it is answered; those of a feed, as they come. Says in its `extensions.docs` where the code is explained, and
 * tells of it.
 */
export function answeredErrors(onError: (code: CountedCode) => void): Plugin {
  const note = <T extends ExecutionResult>(result: T): T => {
    for (const { extensions } of result.errors ?? []) {
      const code = isErrorCode(extensions?.code) ? extensions.code : undefined;
      if (code) extensions.docs = docsOf(code);
      onError(code ?? 'OTHER');
    }
    return result;
  };
  return {
    onResultProcess({ result, setResult }) {
      if (isAsyncIterable(result)) setResult(mapAsyncIterator(result, note));
      else for (const each of [result].flat()) note(each);
    },
  };
}
