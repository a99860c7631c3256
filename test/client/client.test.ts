import { once } from 'node:events';
import type { IncomingMessage, RequestListener } from 'node:http';
import {
  AnswerLost,
  CreateKeyDocument,
  createClient,
  EventFeedDocument,
  isOutcomeUnknown,
  KeysPageDocument,
  Refused,
  ViewerDocument,
} from '../../src/client/client.js';
import { listen } from '../support/fronts.js';
import { keepCollectingGarbage } from '../support/garbage.js';
import { openFilledWorld, type World } from '../support/world.js';

let world: World;
beforeAll(async () => {
  world = await openFilledWorld();
});

/** A client of an owner's program. */
async function ownClient() {
  const { url, token } = await world.client({});
  return createClient({ url: `${url}/`, token });
}

/** A client of a server that answers like this. */
async function clientOf(listener: RequestListener, timeout = 500) {
  return createClient({ url: `http://${await listen(listener)}`, token: 'a token', timeout });
}

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error) => error,
  );
}

/** Everything that a feed gives. */
async function all<T>(feed: AsyncGenerator<T>): Promise<T[]> {
  const items = [];
  for await (const item of feed) items.push(item);
  return items;
}

const EDGE = { cursor: 'c1', node: { __typename: 'KeyDeleted', eventId: 'ü☃' } };

it.each([[undefined], [null], ['http://127.0.0.1:4000'], [{}], [{ url: new URL('http://127.0.0.1:4000') }]])(
  'createClient says what to pass instead of %p',
  (options: unknown) => {
    const message = "`createClient` needs the address of Keyledger, as text: { url: 'https://keys.example.com' }";
    expect(() => Reflect.apply(createClient, undefined, [options])).toThrow(new TypeError(message));
  },
);

it.each<[option: string, value: unknown]>([
  ['timeout', 0],
  ['timeout', -1],
  ['timeout', 1.5],
  ['timeout', Number.NaN],
  ['timeout', Number.POSITIVE_INFINITY],
  ['timeout', 2 ** 31],
  ['timeout', '30000'],
  ['timeout', null],
  ['token', null],
  ['token', 42],
  ['fetch', null],
  ['fetch', 'fetch'],
])('createClient refuses a wrong `%s`: %p', (option, value) => {
  const options = { url: 'http://127.0.0.1:4000', [option]: value };
  expect(() => Reflect.apply(createClient, undefined, [options])).toThrow(TypeError);
  expect(() => Reflect.apply(createClient, undefined, [options])).toThrow(`\`${option}\` must be `);
});

it.each([1, 30_000, 2 ** 31 - 1, undefined])('createClient takes a timeout of %p', (timeout) => {
  expect(() => createClient({ url: 'http://127.0.0.1:4000', timeout })).not.toThrow();
});

describe('send', () => {
  it('makes a key, and reads it in the version that the answer names', async () => {
    const client = await ownClient();
    const { createKey } = await client.send(CreateKeyDocument, { input: { name: 'ci' } });
    if (createKey.__typename !== 'CreateKeyPayload') throw new Error(createKey.__typename);
    const { account } = await client.send(KeysPageDocument, { minVersion: createKey.version });
    expect(account.keys.map(({ name }) => name)).toEqual(['ci']);
  });

  it('asks for the token before each request', async () => {
    const { url, token } = await world.client({});
    const tokens = ['wrong', token];
    const client = createClient({ url, token: async () => tokens.shift() ?? '' });
    expect(await failureOf(client.send(ViewerDocument, {}))).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await client.send(ViewerDocument, {})).toMatchObject({ viewer: { subject: 'tester' } });
  });

  it('fails with the code, the argument and the explanation of an error, after which nothing was changed', async () => {
    const client = await ownClient();
    const error = await failureOf(client.send(CreateKeyDocument, { input: { name: '' } }));
    expect(error).toBeInstanceOf(Refused);
    expect(error).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'input.name', docs: expect.stringContaining('errors') });
    expect(isOutcomeUnknown(error)).toBe(false);
  });

  it.each<[where: string, header: string | undefined, extension: number | undefined, expected: number | undefined]>([
    ['in the error', undefined, 7, 7],
    ['in the header', '2', undefined, 2],
    ['in both, where the error is more exact', '2', 7, 7],
    ['as a date, which the server never sends', 'Mon, 30 Nov 2026 22:00:00 GMT', undefined, undefined],
    ['nowhere', undefined, undefined, undefined],
  ])('says after how many seconds to try again, which stands %s', async (_, header, retryAfter, expected) => {
    const client = await clientOf((__, response) => {
      if (header !== undefined) response.setHeader('retry-after', header);
      response.writeHead(503, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ errors: [{ message: 'Not now.', extensions: { code: 'NOT_READY', retryAfter } }] }));
    });
    const error = await failureOf(client.send(ViewerDocument, {}));
    expect(error).toBeInstanceOf(Refused);
    expect(error).toMatchObject({ code: 'NOT_READY', retryAfter: expected });
  });

  it.each<[string, RequestListener]>([
    ['nothing', () => undefined],
    ['no end', (_, response) => void response.write('{')],
    ['a page of a proxy', (_, response) => void response.writeHead(502).end('<html>')],
    ['null', (_, response) => void response.end('null')],
    ['no data and no error', (_, response) => void response.end('{}')],
    ['a root field that is null without an error', (_, response) => void response.end('{"data":{"createKey":null}}')],
    ['a closed connection', ({ socket }) => void socket.destroy()],
    ['a redirection', (_, response) => void response.writeHead(307, { location: '/' }).end()],
  ])('does not know what happened if the answer is %s', async (_, listener) => {
    const error = await failureOf((await clientOf(listener)).send(CreateKeyDocument, { input: { name: 'ci' } }));
    expect(error).toBeInstanceOf(AnswerLost);
    expect(isOutcomeUnknown(error)).toBe(true);
  });

  it.each<[string, RequestListener]>([
    ['another service', (_, response) => void response.writeHead(404).end('{"message":"Not found"}')],
    ['a page', (_, response) => void response.writeHead(404).end('<html>')],
  ])('says in the cause which address gave the answer of %s', async (_, listener) => {
    const url = `http://${await listen(listener)}`;
    const client = createClient({ url, token: 'a token' });
    const cause = new Error(`${url}/graphql answered 404, but not as the API does. Check \`url\`.`);
    expect(await failureOf(client.send(ViewerDocument, {}))).toMatchObject({ name: 'AnswerLost', cause });
    expect(await failureOf(all(client.follow(EventFeedDocument, {})))).toMatchObject({ name: 'AnswerLost', cause });
  });

  it('waits no longer than it should for the end of an answer, also where garbage is collected meanwhile', async () => {
    const endless: RequestListener = (_, response) => void response.write('{');
    const client = await clientOf(endless);
    keepCollectingGarbage();
    expect(await failureOf(client.send(ViewerDocument, {}))).toBeInstanceOf(AnswerLost);
    const left = new AbortController();
    const patient = await clientOf(endless, 60_000);
    const sent = failureOf(patient.send(ViewerDocument, {}, { signal: left.signal }));
    setTimeout(() => left.abort(new Error('The user has left.')), 100);
    expect(await sent).toMatchObject({ message: 'The user has left.' });
  }, 60_000);

  it('fails with the reason of its signal', async () => {
    const client = await clientOf(() => undefined);
    const reason = new Error('The user has left.');
    const left = new AbortController();
    const sent = failureOf(client.send(ViewerDocument, {}, { signal: left.signal }));
    left.abort(reason);
    expect(await sent).toBe(reason);
  });
});

describe('follow', () => {
  it('ends when it is left, also where garbage is collected while nothing comes', async () => {
    const client = await clientOf(
      (_, response) => void response.writeHead(200, { 'content-type': 'text/event-stream' }).write(':\n\n'),
    );
    keepCollectingGarbage();
    const left = new AbortController();
    setTimeout(() => left.abort(), 200);
    expect(await all(client.follow(EventFeedDocument, {}, { signal: left.signal }))).toEqual([]);
  }, 60_000);

  it('gives past and new events, and continues after the last one', async () => {
    const client = await ownClient();
    const create = (name: string) => client.send(CreateKeyDocument, { input: { name } });
    await create('past');
    const seen: unknown[] = [];
    let after: string | undefined;
    for await (const { events } of client.follow(EventFeedDocument, {})) {
      seen.push(events.node.__typename === 'KeyCreated' && events.node.name);
      after = events.cursor;
      if (seen.length === 2) break;
      await create('new');
    }
    expect(seen).toEqual(['past', 'new']);
    const { value } = await client.follow(EventFeedDocument, { after: null, filter: {} }).next();
    expect(value?.events.cursor).not.toBe(after);
  });

  it('closes the connection when the loop is left', async () => {
    const requests: IncomingMessage[] = [];
    const client = await clientOf((request, response) => {
      requests.push(request);
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(`event: next\ndata: ${JSON.stringify({ data: { events: EDGE } })}\n\n`);
    });
    for await (const _ of client.follow(EventFeedDocument, {})) break;
    const [request] = requests;
    if (request && !request.socket.destroyed) await once(request.socket, 'close');
    expect(request?.headers).toMatchObject({ authorization: 'Bearer a token' });
  });

  it('ends when its signal aborts, also while nothing happens', async () => {
    const left = new AbortController();
    const client = await clientOf((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      left.abort();
    });
    expect(await all(client.follow(EventFeedDocument, {}, { signal: left.signal }))).toEqual([]);
  });

  it('fails with the code of a refusal', async () => {
    const client = createClient({ url: world.url, token: 'wrong' });
    expect(await failureOf(all(client.follow(EventFeedDocument, {})))).toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it.each([1, 2, 7, 1000])('reads messages that arrive in parts of %i bytes, with pings between them', async (size) => {
    const next = `event: next\ndata: ${JSON.stringify({ data: { events: EDGE } })}`;
    const text = Buffer.from(`:\n\n${next}\n\n:\n\n${next.replace('\n', '\r\n')}\r\n\r\nevent: complete\ndata:\n\n`);
    const client = await clientOf(async (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
      for (let at = 0; at < text.length; at += size) {
        response.write(text.subarray(at, at + size));
        await new Promise(setImmediate);
      }
    });
    expect(await all(client.follow(EventFeedDocument, {}))).toEqual([{ events: EDGE }, { events: EDGE }]);
  });

  it.each<[string, string]>([
    ['breaks off', 'event: next\ndata: {"da'],
    ['holds what is no JSON', 'event: next\ndata: {"da\n\n'],
  ])('fails if the stream %s', async (_, text) => {
    const client = await clientOf((__, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end(text);
    });
    expect(await failureOf(all(client.follow(EventFeedDocument, {})))).toBeInstanceOf(AnswerLost);
  });
});
