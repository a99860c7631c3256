import type { MessagePort } from 'node:worker_threads';
import type { Logger } from 'pino';
import type { FillLog } from '../projections/engine/file-in-filling.js';

/** What a thread sends to have it logged. */
export interface LogReply {
  type: 'log';
  level: 'info' | 'warn' | 'error';
  fields: object;
  message: string;
}

/** In a thread: a log whose lines the process writes. */
export function logThrough(port: MessagePort): FillLog {
  const say = (level: LogReply['level']) => (fields: object, message: string) => {
    port.postMessage({ type: 'log', level, fields: { ...fields, ...reasonIn(fields) }, message } satisfies LogReply);
  };
  return { info: say('info'), warn: say('warn'), error: say('error') };
}

/** Writes what a thread has sent. */
export function writeLog(log: Pick<Logger, LogReply['level']>, { level, fields, message }: LogReply): void {
  log[level](fields, message);
}

/** An error as text, since only its message passes between threads. */
function reasonIn(fields: object): object {
  const error: unknown = Reflect.get(fields, 'err');
  return error === undefined ? {} : { err: undefined, reason: String(error) };
}
