import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';

/** What is asked: names and values of headers in turn, so that one may come twice. */
export interface Question {
  method?: string;
  /** The path as it is sent, where a URL would not keep it. */
  path?: string;
  headers?: string[];
  body?: string | Buffer;
}

export interface PlainAnswer {
  status: number;
  headers: IncomingMessage['headers'];
  /** Everything but what differs from answer to answer: the date and the request's id. */
  wire: string;
  body: string;
}

/** Asks over plain HTTP, exactly what is given. */
export async function ask(url: string, { method = 'GET', path, headers = [], body = '' }: Question = {}): Promise<PlainAnswer> {
  const length = body.length === 0 ? [] : ['Content-Length', String(Buffer.byteLength(body))];
  const asked = request(url, {
    method,
    ...(path && { path }),
    headers: ['Host', new URL(url).host, ...headers, ...length] as never,
  });
  asked.end(body);
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  const received = await text(answer);
  const pairs = answer.rawHeaders.flatMap((name, index, all) => (index % 2 === 0 ? [`${name}: ${all[index + 1]}`] : []));
  const lasting = pairs.filter((line) => !/^(date|x-request-id):/i.test(line));
  const wire = [`${answer.statusCode} ${answer.statusMessage}`, ...lasting, '', received].join('\r\n');
  return { status: answer.statusCode ?? 0, headers: answer.headers, wire, body: received };
}

/** The header of HTTP Basic, encoded as it is given. */
export function basic(keyId: string, secret: string): string[] {
  return ['Authorization', `Basic ${Buffer.from(`${keyId}:${secret}`).toString('base64')}`];
}

export function bearer(token: string): string[] {
  return ['Authorization', `Bearer ${token}`];
}
