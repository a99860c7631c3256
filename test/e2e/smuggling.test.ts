import type { RequestListener } from 'node:http';
import { text } from 'node:stream/consumers';
import { FRONTS } from '../support/fronts.js';
import { ask, bearer } from '../support/http.js';
import { exchange } from '../support/wire.js';
import { openWorld, type World } from '../support/world.js';

const HIDDEN = 'GET /hidden HTTP/1.1\r\nHost: service\r\n\r\n';
const CHUNKED = `5\r\nhello\r\n0\r\n\r\n${HIDDEN}`;

/** The length of the whole body, in bytes, where a server that goes by chunks sees a second request in it. */
const WHOLE = String(CHUNKED.length);

/** Requests that two servers may read differently, as their headers and body (RFC 9112, section 11.2). */
const AMBIGUOUS: [what: string, headers: string[], body: string][] = [
  ['a length and chunks', [`Content-Length: ${WHOLE}`, 'Transfer-Encoding: chunked'], CHUNKED],
  ['chunks and a length', ['Transfer-Encoding: chunked', 'Content-Length: 4'], CHUNKED],
  ['two lengths', ['Content-Length: 0', `Content-Length: ${HIDDEN.length}`], HIDDEN],
  ['a list of lengths', [`Content-Length: 0, ${HIDDEN.length}`], HIDDEN],
  ['a signed length', [`Content-Length: +${HIDDEN.length}`], HIDDEN],
  ['a hexadecimal length', ['Content-Length: 0x10'], HIDDEN],
  ['an encoding that is not known', ['Transfer-Encoding: xchunked', `Content-Length: ${WHOLE}`], CHUNKED],
  ['chunks that are not last', ['Transfer-Encoding: chunked, identity', `Content-Length: ${WHOLE}`], CHUNKED],
  ['two encodings', ['Transfer-Encoding: identity', 'Transfer-Encoding: chunked', `Content-Length: ${WHOLE}`], CHUNKED],
  ['a space before the colon', ['Transfer-Encoding : chunked', `Content-Length: ${WHOLE}`], CHUNKED],
  ['a tab before the value', ['Transfer-Encoding:\tchunked', `Content-Length: ${WHOLE}`], CHUNKED],
  ['a vertical tab in the value', ['Transfer-Encoding: \x0bchunked', `Content-Length: ${WHOLE}`], CHUNKED],
  ['a folded header', ['Transfer-Encoding:', ' chunked', `Content-Length: ${WHOLE}`], CHUNKED],
  ['a header that ends in a line feed alone', [`X: y\nTransfer-Encoding: chunked`, `Content-Length: ${WHOLE}`], CHUNKED],
  ['a carriage return in a header', [`X: y\rTransfer-Encoding: chunked`, `Content-Length: ${WHOLE}`], CHUNKED],
  ['a zero byte in a header', ['Transfer-Encoding: chunked\0', `Content-Length: ${WHOLE}`], CHUNKED],
  ['a chunk whose length has a sign', ['Transfer-Encoding: chunked'], `+5\r\nhello\r\n0\r\n\r\n${HIDDEN}`],
  ['a chunk that is longer than it says', ['Transfer-Encoding: chunked'], `3\r\nhello\r\n0\r\n\r\n${HIDDEN}`],
  ['an extension of a chunk with a line feed', ['Transfer-Encoding: chunked'], `5;\nhello\r\n0\r\n\r\n${HIDDEN}`],
];

/** Requests in whose bytes every server must see a second one, which needs a key of its own. */
const FOLLOWED: typeof AMBIGUOUS = [
  ['a trailer that names a length', ['Transfer-Encoding: chunked'], `0\r\nContent-Length: ${HIDDEN.length}\r\n\r\n${HIDDEN}`],
  ['a length on a request without a body', [`Content-Length: ${HIDDEN.length}`, 'Connection: Content-Length'], HIDDEN],
  ['an upgrade', ['Connection: Upgrade', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA'], HIDDEN],
];

/** Headers that say who the caller is. Only the proxy may write them. */
const FORGED = ['X-Keyledger-Account: forged', 'X_Keyledger_Account: forged', 'x-keyledger-key-id: forged'];

function requestOf(credentials: string[], headers: string[], body: string, start = 'POST /seen HTTP/1.1'): string {
  return [start, 'Host: service', credentials.join(': '), ...FORGED, ...headers, '', body].join('\r\n');
}

for (const { name, isInstalled, start } of FRONTS.filter(({ isProxy }) => isProxy)) {
  (isInstalled ? describe : describe.skip)(`through ${name}, by the files in examples`, () => {
    const seen: { url: string | undefined; account: string | string[] | undefined; body: string }[] = [];
    const service: RequestListener = async (request, response) => {
      const { url, headers } = request;
      seen.push({
        url,
        account: headers['x-keyledger-account'],
        body: await text(request).catch(() => ''),
      });
      response.end('from the service');
    };
    let world: World;
    let url: string;
    let account: string;
    let credentials: string[];
    beforeAll(async () => {
      world = await openWorld();
      const client = await world.client({});
      account = client.account;
      credentials = bearer((await client.newKey()).secret);
      url = await start({ url: world.url, service });
    });
    beforeEach(() => {
      seen.length = 0;
    });

    it.each([...AMBIGUOUS, ...FOLLOWED])('no request without a key reaches the service by %s', async (_what, headers, body) => {
      const answer = await exchange(url, requestOf(credentials, headers, body), 'when answered');
      expect(answer).toMatch(/^HTTP\/1\.1 \d{3} |^$/);
      // The next caller gets the answer to its own request.
      const next = await ask(`${url}/next`, { headers: credentials });
      expect(next).toMatchObject({ status: 200, body: 'from the service' });
      expect(seen.filter((request) => request.url === '/next')).toMatchObject([{ account, body: '' }]);
      // Whoever has a key may ask. What is hidden in the request has none.
      expect(seen.filter((request) => request.url !== '/seen' && request.url !== '/next')).toEqual([]);
      expect(seen.map((request) => request.account)).toEqual(seen.map(() => account));
    });

    it('a caller without a key reaches nothing, whatever it says of itself', async () => {
      for (const [, headers, body] of [...AMBIGUOUS, ...FOLLOWED])
        await exchange(url, requestOf(['X', 'y'], headers, body), 'when answered');
      expect(seen).toEqual([]);
    });

    it.each([
      'POST http://elsewhere.example/seen HTTP/1.1',
      'POST /seen?/v1/verify HTTP/1.1',
      'POST //seen HTTP/1.1',
      'POST /a/../seen HTTP/1.1',
    ])('asks Keyledger all the same for %s', async (start) => {
      await exchange(url, requestOf(['X', 'y'], ['Content-Length: 0'], '', start), 'when answered');
      expect(seen).toEqual([]);
    });
  });
}

describe('Keyledger itself', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
  });

  it.each(AMBIGUOUS)('answers one request, or none, to %s', async (_what, headers, body) => {
    const answer = await exchange(world.url, requestOf(['X', 'y'], headers, body, 'POST /v1/verify HTTP/1.1'));
    expect(answer.match(/^HTTP\/1\.1 \d{3} /gm)?.length ?? 0).toBeLessThanOrEqual(1);
  });
});
