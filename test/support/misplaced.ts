import { basic, bearer, type Question } from './http.js';

const GETS = [
  '/v1/verify',
  '/v1/introspect',
  '/v1/leaked',
  '/v1/checkpoint',
  '/graphql',
  '/metrics',
  '/readyz',
  '/auth/sign-in',
  '/auth/callback',
  '/auth/signed-out',
  '/sign-in',
  '/history',
  '/docs',
];
const POSTS = ['/v1/introspect', '/graphql', '/auth/session', '/auth/renew', '/auth/sign-out', '/sign-in'];
const JSON_BODY = ['Content-Type', 'application/json'];
const FORM_BODY = ['Content-Type', 'application/x-www-form-urlencoded'];

/** Requests that have the text where it does not belong: in the path, the query, headers, cookies and bodies. */
export function misplaced(url: string, text: string): Question[] {
  const encoded = encodeURIComponent(text);
  const query = ['token', 'secret', 'scope', 'code', 'state', 'error', 'error_description', 'iss', 'query', 'variables', text]
    .map((name) => `${name}=${encoded}`)
    .join('&');
  const cookies = ['a', 'keyledger_session', 'keyledger_renewal', 'keyledger_sign_in', 'keyledger_sign_out']
    .map((name) => `${name}=${text}`)
    .join('; ');
  const names = [
    'User-Agent',
    'X-Request-Id',
    'Traceparent',
    'X-Forwarded-For',
    'Accept',
    'Accept-Language',
    'X-Api-Key',
    'If-None-Match',
  ];
  const headers = [
    ...names.flatMap((name) => [name, text]),
    ...[
      'Cookie',
      cookies,
      'Referer',
      `${url}/?token=${encoded}`,
      'Tracestate',
      `a=${text}`,
      'Baggage',
      `a=${text}`,
      text,
      text,
    ],
  ];
  const own = ['Origin', url, 'Sec-Fetch-Site', 'same-origin'];
  const authorizations = [
    bearer(text),
    bearer(`${text}x`),
    bearer(`eyJhbGciOiJub25lIn0.${text}.`),
    basic(text, text),
    basic('', text),
    ['Authorization', `Basic ${text}`],
    ['Authorization', `Token ${text}`],
    ['Authorization', text],
    [...bearer(text), ...bearer(text)],
  ];
  const bodies = [
    {
      headers: JSON_BODY,
      body: JSON.stringify({ ticket: text, token: text, query: text, operationName: text, extensions: { text } }),
    },
    { headers: JSON_BODY, body: `{"ticket":"${text}` },
    { headers: JSON_BODY, body: text },
    { headers: FORM_BODY, body: `token=${encoded}&secret=${encoded}` },
    { headers: ['Content-Type', text], body: text },
    { headers: ['Content-Type', 'multipart/form-data; boundary=x'], body: `--x\r\n${text}\r\n--x--` },
  ];
  return [
    ...['/', '/docs/', '/assets/', '/v1/verify/', '/%zz'].map((path) => ({ path: `${path}${encoded}` })),
    ...GETS.map((path) => ({ path: `${path}?${query}` })),
    ...GETS.map((path) => ({ path, headers })),
    ...POSTS.map((path) => ({ method: 'POST', path, headers: [...own, ...headers] })),
    ...POSTS.flatMap((path) => authorizations.map((authorization) => ({ method: 'POST', path, headers: authorization }))),
    ...POSTS.flatMap((path) =>
      bodies.map(({ headers, body }) => ({ method: 'POST', path, headers: [...own, ...headers], body })),
    ),
    ...authorizations.map((authorization) => ({ path: '/v1/verify', headers: authorization })),
    { headers: ['Host', text] },
    { method: 'OPTIONS', path: '/graphql', headers: ['Origin', `http://${text}`, 'Access-Control-Request-Method', text] },
  ];
}

/** Bytes with the text that are no HTTP. */
export function misplacedInBytes(text: string): string[] {
  const rest = 'HTTP/1.1\r\nHost: localhost\r\n';
  return [
    `${text} / ${rest}\r\n`,
    `GET /${text}\r\n\r\n`,
    `GET / HTTP/${text}\r\n\r\n`,
    `GET / ${rest}${text}\r\n\r\n`,
    `GET / ${rest}${text}: ${'y'.repeat(20_000)}\r\n\r\n`,
    `POST /graphql ${rest}Content-Length: ${text}\r\n\r\n`,
    `POST /graphql ${rest}Transfer-Encoding: chunked\r\n\r\n${text}\r\n`,
    `POST /v1/leaked ${rest}Content-Length: 5000\r\n\r\n${text}`,
  ];
}

/** Documents with the text where it does not belong. */
export function misplacedInDocuments(text: string): string[] {
  const quoted = JSON.stringify(text);
  return [
    `{ account(accountId: ${quoted}) { accountId } }`,
    `{ node(id: ${JSON.stringify(Buffer.from(`ApiKey:${text}`).toString('base64url'))}) { id } }`,
    `{ key(keyId: """${text}""") { keyId } }`,
    `{ events(filter: { type: ${text} }) { edges { cursor } } }`,
    `mutation { createKey(input: { name: ${quoted} }) { __typename } }`,
    `mutation { createKey(input: { name: "a", ${text}: 1 }) { __typename } }`,
    `mutation { createKey(input: { name: "a", idempotencyKey: ${quoted} }) { __typename } }`,
    `mutation { createKey(input: { name: "a", scopes: [${quoted}] }) { __typename } }`,
    `{ ${text} }`,
    `query ${text} { viewer { subject } }`,
    `query ($${text}: String) { viewer { subject } }`,
    `query ($a: ${text}) { viewer { subject } }`,
    `{ ...${text} }`,
    `fragment ${text} on Query { viewer { subject } }`,
    `{ viewer @${text} { subject } }`,
    `{ viewer { subject(${text}: 1) } }`,
    `# ${text}\n{ viewer { subject } }`,
    `{ viewer { subject } } "${text}`,
    text,
  ];
}
