import { Activity, type Attack } from './attack.js';
import { Crowd } from './crowd.js';
import { head, onAnswers } from './raw-http.js';

/** How many clients work as fast as they are answered. */
const BUSY = 20;
const PIPELINED = { connections: 4, requests: 1000 };
const BODY = Buffer.alloc(5_000_000, 'a');
/** What Node accepts of headers in all, and what each of ours takes. */
const HEADERS = { bytes: 16_384, each: 32 };

/** Clients that send requests for as long as they can, and read nothing. */
export const neverReads: Attack = async ({ url }) => {
  const many = head(url, 'GET /metrics', {}).repeat(100);
  const activity = new Activity();
  const crowd = new Crowd(url, (socket) => {
    socket.pause();
    const write = () => {
      while (!socket.destroyed && socket.write(many));
    };
    socket.on('drain', write).once('close', activity.begin());
    write();
  });
  await crowd.gather(BUSY);
  return () => {
    crowd.leave();
    return { wentOn: activity.share(), tally: { connections: BUSY, closed: crowd.closed } };
  };
};

/** Bodies that are far too large: every other one says so beforehand. The server closes a connection after its refusal. */
export const largeBodies: Attack = async ({ url }) => {
  const json = { 'content-type': 'application/json' };
  const announced = [head(url, 'POST /graphql', { ...json, 'content-length': BODY.length }), BODY];
  const chunk = `${head(url, 'POST /graphql', { ...json, 'transfer-encoding': 'chunked' })}${BODY.length.toString(16)}\r\n`;
  const chunked = [chunk, BODY, '\r\n0\r\n\r\n'];
  const activity = new Activity();
  let [sent, refused] = [0, 0];
  const crowd = new Crowd(url, (socket) => {
    onAnswers(socket, (count) => {
      refused += count;
      activity.note();
    });
    for (const part of sent % 2 === 0 ? announced : chunked) socket.write(part);
    sent += 1;
  });
  await crowd.gather(BUSY);
  return () => {
    crowd.leave();
    return { wentOn: activity.share(), tally: { connections: BUSY, sent, refused } };
  };
};

/** A thousand requests in one write, and the next thousand once all are answered. */
export const pipelining: Attack = async ({ url }) => {
  const many = head(url, 'GET /v1/verify', { authorization: 'Bearer nobody' }).repeat(PIPELINED.requests);
  const activity = new Activity();
  let answered = 0;
  const crowd = new Crowd(url, (socket) => {
    let left = 0;
    const write = () => {
      left = PIPELINED.requests;
      socket.write(many);
    };
    socket.once('close', activity.begin());
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
    return { wentOn: activity.share(), tally: { connections: PIPELINED.connections, answered, closed: crowd.closed } };
  };
};

/** Requests with nearly as many headers as are accepted, and with too many, in turn. */
export const headerFloods: Attack = async ({ url }) => {
  const flood = (bytes: number) => {
    const names = Array.from({ length: Math.floor(bytes / HEADERS.each) }, (_, index) => `x-${index}`.padEnd(8, 'x'));
    return head(url, 'GET /v1/verify', Object.fromEntries(names.map((name) => [name, 'a'.repeat(HEADERS.each - 12)])));
  };
  const [accepted, refused] = [flood(HEADERS.bytes - 1024), flood(HEADERS.bytes + 1024)];
  const activities = { answered: new Activity(), refused: new Activity() };
  const tally = { connections: BUSY, answered: 0, refused: 0 };
  const crowd = new Crowd(url, (socket) => {
    let isAccepted = false;
    const write = () => {
      isAccepted = !isAccepted;
      socket.write(isAccepted ? accepted : refused);
    };
    onAnswers(socket, (count) => {
      const kind = isAccepted ? 'answered' : 'refused';
      tally[kind] += count;
      activities[kind].note();
      write();
    });
    write();
  });
  await crowd.gather(BUSY);
  return () => {
    crowd.leave();
    return { wentOn: Math.min(activities.answered.share(), activities.refused.share()), tally };
  };
};
