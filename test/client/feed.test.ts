import { AnswerLost } from '../../src/client/failures.js';
import { resultsIn } from '../../src/client/feed.js';

const PING = new TextEncoder().encode(':\n\n');

it('fails where the other end of the connection has vanished, and nothing ends the stream', async () => {
  const body = new ReadableStream<Uint8Array>({ start: (stream) => stream.enqueue(PING) });
  await expect(resultsIn(body, 1).next()).rejects.toBeInstanceOf(AnswerLost);
});

it('goes on while nothing but pings comes', async () => {
  let pings = 0;
  const body = new ReadableStream<Uint8Array>({
    pull: (stream) => {
      pings += 1;
      if (pings < 1000) stream.enqueue(PING);
      else stream.enqueue(new TextEncoder().encode('event: complete\ndata:\n\n'));
    },
  });
  expect(await resultsIn(body, 60_000).next()).toEqual({ done: true, value: undefined });
  expect(pings).toBeGreaterThanOrEqual(1000);
});
