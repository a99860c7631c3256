import { docsOf, meaningOf } from '../shared/error-codes.js';
import { ERROR_CODES, type ErrorMeaning } from '../shared/error-meanings.js';
import { block, code, page, pageHead, table } from './markdown.js';

/** `docs/reference/errors.md` */
export function errorsPage(): string {
  const { title, status, remedy } = meaningOf('STALE');
  const example = { type: docsOf('STALE'), title, status, code: 'STALE', detail: remedy };
  return page(
    pageHead(
      'Errors',
      'Every error answer has a code. Programs act on the code: it never changes its meaning. Texts may change.',
      '**Outside GraphQL**, the answer is a problem (RFC 9457, `application/problem+json`). Its `type` leads here: it is `/docs/errors#CODE`, after the origin that `KEYLEDGER_PUBLIC_URL` gives, if it is set. Set it if a proxy passes the problem on to clients of another service.',
    ),
    block('json', JSON.stringify(example, null, 2)),
    "**In GraphQL**, the code is `errors[].extensions.code`, and `errors[].extensions.docs` leads here. A field that fails has an error with its `path`, and the status of the answer is 200. A document that was not executed has no `data` in its answer, and the status is that of the table; with `Accept: application/json` alone, a document that is not valid is answered with 200. A refusal that a client should expect, such as `KEY_LIMIT_REACHED`, is no error: it is a member of the mutation's answer, with its `code`.",
    '`GET /metrics` counts the errors of GraphQL by code (`keyledger_graphql_errors_total`). `Retry-After` says after how many seconds the same request may succeed without a change.',
    table(
      ['Code', 'Status', 'What is wrong', 'What to do', '`Retry-After`'],
      Object.entries<ErrorMeaning>(ERROR_CODES).map(([name, { status, title, remedy, retryAfter }]) => [
        `<a id="${name}"></a>${code(name)}`,
        String(status),
        title,
        remedy,
        retryAfter === undefined ? '' : `${retryAfter} s`,
      ]),
    ),
  );
}
