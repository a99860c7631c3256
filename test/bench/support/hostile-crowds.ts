import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { FEED_LIMITS } from '../../../src/graphql/audit/open-feeds.js';
import { Client } from '../../support/client.js';
import type { Attack } from './attack.js';
import { Crowd } from './crowd.js';
import { head } from './raw-http.js';

/** How many connections trickle, and how often each sends a byte, in milliseconds. */
const TRICKLING = { connections: 300, every: 1000 };
/** The body that is announced, and never comes whole. */
const ANNOUNCED = 10_000;
/** The time between a key's deletion and the next one's creation, for feeds that nobody reads, in milliseconds. */
const PAUSE = 50;
/** As many and as long as they may be: an event is large. */
const SCOPES = Array.from({ length: 32 }, (_, index) => `${index}`.padEnd(100, 'x'));
/** Each event many times: what an event takes on a feed is some tens of kilobytes. */
const LARGE = `subscription { events { node { ${[...'abcdefghij'].map((alias) => `${alias}: canonical`).join(' ')} } } }`;

/** Requests that never end: a byte of a header now and then. */
export const slowLoris: Attack = ({ url }) => trickle(url, `GET /v1/verify HTTP/1.1\r\nhost: ${new URL(url).host}\r\nx-slow: `);

/** Bodies that never end: a byte now and then. */
export const slowBodies: Attack = ({ url }) =>
  trickle(url, head(url, 'POST /graphql', { 'content-type': 'application/json', 'content-length': ANNOUNCED }));

/** Connections that send nothing. */
export const idle: Attack = async ({ url, crowd: connections }) => {
  const crowd = new Crowd(url, (socket) => void socket.resume());
  await crowd.gather(connections);
  return () => ({ wentOn: crowd.leave(), tally: { connections, closed: crowd.closed } });
};

/** Live feeds of many viewers, on a connection each. Nothing happens that they would tell. */
export const feeds: Attack = async ({ url, tokens, crowd: connections }) => {
  let [asked, refused] = [0, 0];
  const crowd = new Crowd(url, (socket) => {
    socket.write(subscription(url, tokens[asked % tokens.length] ?? '', 'subscription { events { cursor } }'));
    asked += 1;
    socket.setEncoding('latin1').on('data', (text: string) => {
      if (text.includes('"errors"')) refused += 1;
    });
    return new Promise((resolve) => socket.once('data', resolve));
  });
  await crowd.gather(connections);
  return () => ({ wentOn: crowd.leave() - refused / connections, tally: { connections, refused, closed: crowd.closed } });
};

/** Live feeds that are read up to their first event, and no further, while many large events happen. */
export const unreadFeeds: Attack = async ({ url, busy: { token, account } }) => {
  const connections = FEED_LIMITS.perViewer;
  const owner = new Client(url, token, account);
  const tally = { connections, refused: 0, changes: 0, failedChanges: 0 };
  const change = async () => {
    const { key } = await owner.newKey({ name: 'large', scopes: SCOPES });
    await owner.deleteKey(key.keyId);
  };
  await change();
  const crowd = new Crowd(url, (socket) => {
    socket.write(subscription(url, token, LARGE));
    return new Promise<void>((resolve) => {
      let read = '';
      socket.setEncoding('latin1').on('data', (text: string) => {
        read += text;
        if (!read.includes('"data"') && !read.includes('"errors"')) return;
        if (read.includes('"errors"')) tally.refused += 1;
        socket.pause();
        resolve();
      });
    });
  });
  await crowd.gather(connections);
  let isOver = false;
  const changes = async () => {
    while (!isOver) {
      await change().then(
        () => {
          tally.changes += 1;
        },
        () => {
          tally.failedChanges += 1;
        },
      );
      await delay(PAUSE);
    }
  };
  void changes();
  return () => {
    isOver = true;
    const held = crowd.leave() - tally.refused / connections;
    const changed = tally.changes / Math.max(1, tally.changes + tally.failedChanges);
    return { wentOn: Math.min(held, changed), tally: { ...tally, closed: crowd.closed } };
  };
};

/** Many connections that send the same beginning, and then a byte now and then. */
async function trickle(url: string, beginning: string) {
  const slow = new Set<Socket>();
  const crowd = new Crowd(url, (socket) => {
    socket.resume().write(beginning);
    slow.add(socket);
    socket.once('close', () => slow.delete(socket));
  });
  await crowd.gather(TRICKLING.connections);
  const trickling = setInterval(() => {
    for (const socket of slow) socket.write('a');
  }, TRICKLING.every);
  return () => {
    clearInterval(trickling);
    return { wentOn: crowd.leave(), tally: { connections: TRICKLING.connections, closed: crowd.closed } };
  };
}

function subscription(url: string, token: string, query: string): string {
  const body = JSON.stringify({ query });
  const headers = {
    'content-type': 'application/json',
    accept: 'text/event-stream',
    authorization: `Bearer ${token}`,
    'content-length': body.length,
  };
  return head(url, 'POST /graphql', headers) + body;
}
