import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';

/** A request. Names and values of headers are in turn, so that a header may occur twice. */
export interface Question {
  method?: string;
  /** The path as it is sent, if a URL would change it. */
  path?: string;
  headers?: string[];
  body?: string | Buffer;
}

export interface PlainAnswer {
  status: number;
  headers: IncomingMessage['headers'];
  /** The whole answer except the date and the request's id, which always differ. */
  wire: string;
  body: string;
}

/** Sends exactly this request over plain HTTP. */
export async function ask(url: string, { method = 'GET', path, headers = [], body = '' }: Question = {}): Promise<PlainAnswer> {
  const length = body.length === 0 ? [] : ['Content-Length', String(Buffer.byteLength(body))];
  const asked = request(url, {
    method,
    ...(path && { path }),
    headers: [...(headers.includes('Host') ? [] : ['Host', new URL(url).host]), ...headers, ...length] as never,
  });
  asked.end(body);
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  const received = await text(answer);
  const pairs = answer.rawHeaders.flatMap((name, index, all) => (index % 2 === 0 ? [`${name}: ${all[index + 1]}`] : []));
  const lasting = pairs.filter((line) => !/^(date|x-request-id):/i.test(line));
  const wire = [`${answer.statusCode} ${answer.statusMessage}`, ...lasting, '', received].join('\r\n');
  return { status: answer.statusCode ?? 0, headers: answer.headers, wire, body: received };
}

/** The header of HTTP Basic, with these values as they are. */
export function basic(keyId: string, secret: string): string[] {
  return ['Authorization', `Basic ${Buffer.from(`${keyId}:${secret}`).toString('base64')}`];
}

export function bearer(token: string): string[] {
  return ['Authorization', `Bearer ${token}`];
}
