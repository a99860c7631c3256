import { once } from 'node:events';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Client } from './client.js';

/** Sends a mutation. Resolves once the server has accepted it, with a function that waits for the answer. */
export async function mutationInFlight(client: Client): Promise<() => Promise<string>> {
  const finish = await halfAMutation(client);
  const answer = finish();
  return () => answer;
}

/** Sends a mutation without its body. Resolves once the server has accepted it, with a function that sends the body and waits for the answer. */
export async function halfAMutation({ url, token }: Client): Promise<() => Promise<string>> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', expect: '100-continue' };
  const outgoing = request(`${url}/graphql`, { method: 'POST', headers });
  const answered = once(outgoing, 'response');
  outgoing.flushHeaders();
  const [early] = await Promise.race([once(outgoing, 'continue'), answered]);
  if (early) throw new Error(`The request was answered before its body: ${early.statusCode} ${await text(early)}`);
  return async () => {
    outgoing.end('{"query":"mutation { createKey(input: {name: \\"late\\"}) { __typename } }"}');
    const [response] = await answered;
    return text(response);
  };
}
