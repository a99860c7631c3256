import type { ExecutionResult } from 'graphql';
import { isAsyncIterable, mapAsyncIterator, type Plugin } from 'graphql-yoga';
import { docsOf, type ErrorCode, isErrorCode } from '../../shared/error-codes.js';
import { redacted } from '../../shared/redacted.js';

/** `OTHER` stands for any code that is not ours. */
export type CountedCode = ErrorCode | 'OTHER';

/**
 * Handles every error of an answer, and of each item of a feed. Sets `extensions.docs` to the explanation of the code, and removes
 * secrets from messages and from the paths of arguments, since these repeat what is refused.
 * @param onError called with the code of each error
 */
export function answeredErrors(onError: (code: CountedCode) => void): Plugin {
  const record = <T extends ExecutionResult>(result: T): T => {
    for (const error of result.errors ?? []) {
      const { extensions } = error;
      error.message = redacted(error.message);
      if (Array.isArray(extensions?.path)) extensions.path = extensions.path.map(redactedName);
      const code = isErrorCode(extensions?.code) ? extensions.code : undefined;
      if (code) extensions.docs = docsOf(code);
      onError(code ?? 'OTHER');
    }
    return result;
  };
  return {
    onResultProcess({ result, setResult }) {
      if (isAsyncIterable(result)) setResult(mapAsyncIterator(result, record));
      else for (const each of [result].flat()) record(each);
    },
  };
}

function redactedName(part: unknown): unknown {
  return typeof part === 'string' ? redacted(part) : part;
}
