import type { Socket } from 'node:net';
import { Crowd } from './crowd.js';

export interface Target {
  /** The origin. */
  url: string;
  /** Of owners, on whose accounts nothing happens. */
  tokens: string[];
  /** How many connections a crowd has. */
  crowd: number;
}

/** What has happened to hostile clients, by names of our own. */
export type Tally = Record<string, number>;

/** Resolves when the clients are in place. The function it answers with makes them leave. */
type Attack = (target: Target) => Promise<() => Tally>;

/** How many connections trickle, and how often each sends a byte, in milliseconds. */
const TRICKLING = { connections: 300, every: 1000 };
/** How many clients work as fast as they are answered. */
const BUSY = 20;
const PIPELINED = { connections: 4, requests: 1000 };
const BODY = Buffer.alloc(5_000_000, 'a');
/** What Node accepts of headers in all, and what each of ours takes. */
const HEADERS = { bytes: 16_384, each: 32 };

/** Every kind of hostile client. */
export const HOSTILE: Record<string, Attack> = {
  /** Requests that never end: a byte of a header now and then. */
  async slowLoris({ url }) {
    const slow = new Set<Socket>();
    const crowd = new Crowd(url, (socket) => {
      socket.resume().write(`GET /v1/verify HTTP/1.1\r\nhost: ${new URL(url).host}\r\nx-slow: `);
      slow.add(socket);
      socket.once('close', () => slow.delete(socket));
    });
    await crowd.gather(TRICKLING.connections);
    const trickle = setInterval(() => {
      for (const socket of slow) socket.write('a');
    }, TRICKLING.every);
    return () => {
      clearInterval(trickle);
      crowd.leave();
      return { connections: TRICKLING.connections, closed: crowd.closed };
    };
  },

  /** Connections that send nothing. */
  async idle({ url, crowd: connections }) {
    const crowd = new Crowd(url, (socket) => void socket.resume());
    await crowd.gather(connections);
    return () => {
      crowd.leave();
      return { connections, closed: crowd.closed };
    };
  },

  /** Live feeds of many viewers, on a connection each. Nothing happens that they would tell. */
  async feeds({ url, tokens, crowd: connections }) {
    const body = JSON.stringify({ query: 'subscription { events { cursor } }' });
    let [asked, refused] = [0, 0];
    const crowd = new Crowd(url, (socket) => {
      const feed = head(url, 'POST /graphql', {
        'content-type': 'application/json',
        accept: 'text/event-stream',
        authorization: `Bearer ${tokens[asked % tokens.length]}`,
        'content-length': body.length,
      });
      asked += 1;
      socket.write(feed + body);
      socket.setEncoding('latin1').on('data', (text: string) => {
        if (text.includes('"errors"')) refused += 1;
      });
      return new Promise((resolve) => socket.once('data', resolve));
    });
    await crowd.gather(connections);
    return () => {
      crowd.leave();
      return { connections, refused, closed: crowd.closed };
    };
  },

  /** Clients that send requests for as long as they can, and read nothing. */
  async neverReads({ url }) {
    const many = head(url, 'GET /metrics', {}).repeat(100);
    const crowd = new Crowd(url, (socket) => {
      socket.pause();
      const write = () => {
        while (!socket.destroyed && socket.write(many));
      };
      socket.on('drain', write);
      write();
    });
    await crowd.gather(BUSY);
    return () => {
      crowd.leave();
      return { connections: BUSY, closed: crowd.closed };
    };
  },

  /** Bodies that are far too large: every other one says so beforehand. The server closes a connection after its refusal. */
  async largeBodies({ url }) {
    const json = { 'content-type': 'application/json' };
    const announced = [head(url, 'POST /graphql', { ...json, 'content-length': BODY.length }), BODY];
    const chunk = `${head(url, 'POST /graphql', { ...json, 'transfer-encoding': 'chunked' })}${BODY.length.toString(16)}\r\n`;
    const chunked = [chunk, BODY, '\r\n0\r\n\r\n'];
    let [sent, refused] = [0, 0];
    const crowd = new Crowd(url, (socket) => {
      onAnswers(socket, (count) => {
        refused += count;
      });
      for (const part of sent % 2 === 0 ? announced : chunked) socket.write(part);
      sent += 1;
    });
    await crowd.gather(BUSY);
    return () => {
      crowd.leave();
      return { connections: BUSY, sent, refused };
    };
  },

  /** A thousand requests in one write, and the next thousand once all are answered. */
  async pipelining({ url }) {
    const many = head(url, 'GET /v1/verify', { authorization: 'Bearer nobody' }).repeat(PIPELINED.requests);
    let answered = 0;
    const crowd = new Crowd(url, (socket) => {
      let left = 0;
      const write = () => {
        left = PIPELINED.requests;
        socket.write(many);
      };
      onAnswers(socket, (count) => {
        answered += count;
        left -= count;
        if (left === 0) write();
      });
      write();
    });
    await crowd.gather(PIPELINED.connections);
    return () => {
      crowd.leave();
      return { connections: PIPELINED.connections, answered, closed: crowd.closed };
    };
  },

  /** Requests with nearly as many headers as are accepted, and with too many, in turn. */
  async headerFloods({ url }) {
    const flood = (bytes: number) => {
      const names = Array.from({ length: Math.floor(bytes / HEADERS.each) }, (_, index) => `x-${index}`.padEnd(8, 'x'));
      return head(url, 'GET /v1/verify', Object.fromEntries(names.map((name) => [name, 'a'.repeat(HEADERS.each - 12)])));
    };
    const [accepted, refused] = [flood(HEADERS.bytes - 1024), flood(HEADERS.bytes + 1024)];
    const tally = { connections: BUSY, answered: 0, refused: 0 };
    const crowd = new Crowd(url, (socket) => {
      let isAccepted = false;
      const write = () => {
        isAccepted = !isAccepted;
        socket.write(isAccepted ? accepted : refused);
      };
      onAnswers(socket, (count) => {
        if (isAccepted) tally.answered += count;
        else tally.refused += count;
        write();
      });
      write();
    });
    await crowd.gather(BUSY);
    return () => {
      crowd.leave();
      return tally;
    };
  },
};

function head(url: string, line: string, headers: Record<string, string | number>): string {
  const lines = Object.entries({ host: new URL(url).host, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${line} HTTP/1.1\r\n${lines.join('')}\r\n`;
}

/** Counts the answers on a connection. A status line may come in two parts. */
function onAnswers(socket: Socket, count: (answers: number) => void): void {
  const STATUS_LINE = 'HTTP/1.1 ';
  let rest = '';
  socket.setEncoding('latin1').on('data', (text: string) => {
    const whole = rest + text;
    const answers = occurrences(whole, STATUS_LINE);
    rest = whole.slice(-STATUS_LINE.length + 1);
    if (answers > 0) count(answers);
  });
}

function occurrences(text: string, part: string): number {
  return text.split(part).length - 1;
}
