import { CreateKeyDocument } from '../../src/client/gql/graphql.js';
import { newKeyMaterial } from '../../src/domain/keys/secret.js';
import { createLog } from '../../src/observability/log.js';
import { Client } from '../support/client.js';
import { openWorld } from '../support/world.js';

const { secret } = newKeyMaterial();
const jwt = 'eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl-_';
const basic = Buffer.from(`key_1:${secret}`).toString('base64');

const places: [place: string, around: (text: string) => unknown][] = [
  ['as a value', (text) => ({ value: text })],
  ['within a value', (text) => ({ value: `before "${text}", after` })],
  ['as a name', (text) => ({ [text]: 1 })],
  ['deep down', (text) => ({ a: [{ b: { c: [1, text] } }] })],
  ['in headers', (text) => ({ req: { headers: { authorization: text } }, raw: ['Authorization', text] })],
  ['in a URL', (text) => ({ url: `/graphql?token=${text}&x=1` })],
  ['in JSON within JSON', (text) => ({ body: JSON.stringify({ inner: JSON.stringify({ text }) }) })],
  ['in an error', (text) => ({ err: new Error(`wrong: ${text}`) })],
  ['in the cause of an error', (text) => ({ err: new Error('outside', { cause: new TypeError(text) }) })],
  ['on an error', (text) => ({ err: Object.assign(new Error('x'), { config: { password: text } }) })],
];

const sensitive: [what: string, text: string, hidden: string][] = [
  ['a secret', secret, secret.slice(4, -6)],
  ['a token', jwt, 'c2lnbmF0dXJl'],
  ['a bearer token', `Bearer ${jwt}`, 'c2lnbmF0dXJl'],
  ['a token that nobody signed', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ.', 'eyJzdWIiOiJhZGEifQ'],
  ['an encrypted token', 'eyJhbGciOiJkaXIifQ..aXY.Y2lwaGVydGV4dA.dGFnLXRhZw', 'Y2lwaGVydGV4dA'],
  ['Basic credentials', `Basic ${basic}`, basic.slice(0, 40)],
  ['Basic credentials in small letters', `basic  ${basic}`, basic.slice(0, 40)],
];

describe.each(sensitive)('%s never reaches a line', (_what, text, hidden) => {
  it.each(places)('%s', (_place, around) => {
    const line = written((log) => log.info(around(text), 'a line'));
    expect(line).not.toContain(hidden);
    expect(line).toContain('[redacted]');
    expect(JSON.parse(line)).toMatchObject({ level: 'info', msg: 'a line' });
  });

  it('in the message', () => {
    expect(written((log) => log.warn(`this is ${text}`))).not.toContain(hidden);
    expect(written((log) => log.warn('this is %s', text))).not.toContain(hidden);
  });

  it('from a child', () => {
    expect(written((log) => log.child({ text }).error('x'))).not.toContain(hidden);
  });
});

it('leaves what is no secret', () => {
  const line = written((log) => log.info({ keyId: 'key_0123456789abcdefghijkl', hint: 'aB3d', note: 'kls_short, eyJ' }));
  expect(line).toContain('key_0123456789abcdefghijkl');
  expect(line).toContain('kls_short, eyJ');
});

it('is one object on one line, with the time in RFC 3339', () => {
  const line = written((log) => log.info({ text: 'a\nb' }, 'c'));
  expect(line.match(/\n/g)).toHaveLength(1);
  expect(JSON.parse(line)).toEqual({ level: 'info', time: expect.stringMatching(/^\d{4}-.*Z$/), text: 'a\nb', msg: 'c' });
});

it('tells of requests without what they carried', async () => {
  const world = await openWorld({ env: { LOG_LEVEL: 'trace' } });
  const client = await world.client({});
  const { secret: shown } = await client.newKey({ name: 'a name of mine' });
  await client.send(CreateKeyDocument, { input: { name: shown } });
  await new Client(world.url, `${client.token}x`, client.account).send('{ __typename }').catch(() => {});
  await fetch(`${world.url}/graphql?token=${shown}`, { headers: { authorization: `Basic ${btoa(`a:${shown}`)}` } });
  expect(world.log()).toContain('"msg":"answered"');
  expect(world.log()).not.toContain(shown.slice(4, -6));
  expect(world.log()).not.toContain(client.token.split('.')[2]);
  expect(world.log()).not.toContain('a name of mine');
});

function written(write: (log: ReturnType<typeof createLog>) => void): string {
  const lines: string[] = [];
  write(createLog('info', { write: (line) => void lines.push(line) }));
  return lines.join('');
}
