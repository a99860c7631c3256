import { type ErrorCode, meaningOf } from '../shared/error-codes.js';
import { PAGE, PATH } from '../shared/paths.js';
import { block, code, list, page, pageHead, table } from './markdown.js';
import { type Body, byStatus, EVERYWHERE, type Operation, SECURITY, type Value } from './openapi.js';
import { operations } from './operations.js';

const NAMES = { basic: 'HTTP Basic', bearer: 'Bearer token' };

const codes = (...paths: string[]) => paths.map(code).join(', ');

const OTHERS = [
  [code(PATH.graphql), '`GET`, `POST`', 'The [GraphQL API](graphql.md), for tokens and for sessions.'],
  [
    codes(PATH.beginSignIn, PATH.completeSignIn, PATH.signedOut),
    '`GET`',
    'How browsers sign in to the dashboard, and out at the identity provider.',
  ],
  [codes(PATH.session, PATH.renew, PATH.signOut), '`POST`', 'How the dashboard begins, renews and ends a session.'],
  [codes(...Object.values(PAGE)), '`GET`', 'The pages of the dashboard.'],
  [code(PATH.docs), '`GET`', 'This documentation.'],
  [code(PATH.graphiql), '`GET`', 'A page for trying the API, if `KEYLEDGER_GRAPHIQL` is 1.'],
];

/** `docs/reference/http.md` */
export function httpPage(): string {
  return page(
    pageHead(
      'HTTP API',
      'These addresses are for programs. [schema/openapi.json](../../schema/openapi.json) describes them as OpenAPI 3.1. Keys themselves are created, rotated and deleted through [GraphQL](graphql.md).',
      `An answer that says what is wrong is a problem (RFC 9457) with a [code](errors.md). Every address may answer ${EVERYWHERE.map(linked).join(', ')}, and an address that does not exist ${linked('NOT_FOUND')}. A body has at most 64 KiB, and all headers together 16 KiB. Every answer has an \`x-request-id\`, and may not be cached.`,
    ),
    ...operations.map(section),
    '## Other addresses',
    table(['Address', 'Method', 'What it is'], OTHERS),
  );
}

function section(operation: Operation): string {
  const { method, path, summary, description, security, query, request, answers, problems } = operation;
  const good = Object.entries(answers).map(([status, answer]) => [code(status), answer.description]);
  const bad = [...byStatus(problems)].map(([status, codes]) => [code(status), codes.map(explained).join('<br>')]);
  return page(
    `## ${code(`${method.toUpperCase()} ${path}`)}`,
    `**${summary}.** ${description}`,
    credentialsOf(security),
    query ? table(['Parameter', 'What it is', 'Example'], query.map(row)) : '',
    request ? bodyOf('The body', request) : '',
    table(['Status', 'What it says'], [...good, ...bad]),
    ...Object.entries(answers).flatMap(([status, { headers, body }]) => [
      headers ? `Headers of ${status}:\n\n${table(['Header', 'What it is', 'Example'], headers.map(row))}` : '',
      body ? bodyOf(`The body of ${status}`, body) : '',
    ]),
  ).trimEnd();
}

function credentialsOf(names: Operation['security']): string {
  if (names.length === 0) return 'No credentials are needed.';
  const schemes = names.map((name) => SECURITY[name]);
  const items = schemes.map(({ scheme, description }) => `${NAMES[scheme]}: ${description}`);
  return `${names.length > 1 ? 'Credentials, one of these' : 'Credentials'}:\n\n${list(items)}`;
}

function bodyOf(what: string, { mediaType, description, example }: Body): string {
  const isJson = mediaType === 'application/json';
  const isForm = mediaType === 'application/x-www-form-urlencoded';
  const text = typeof example === 'string' ? example : isForm ? formOf(example) : JSON.stringify(example, null, 2);
  return page(`${what} is ${code(mediaType)}. ${description}`, block(isJson ? 'json' : 'text', text)).trimEnd();
}

function formOf(example: Body['example']): string {
  return Object.entries(example ?? {})
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

function row({ name, description, example }: Value): string[] {
  return [code(name), description, code(example)];
}

function explained(name: ErrorCode): string {
  return `${linked(name)}: ${meaningOf(name).title}.`;
}

function linked(name: ErrorCode): string {
  return `[${code(name)}](errors.md#${name})`;
}
