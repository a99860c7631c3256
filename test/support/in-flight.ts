import { once } from 'node:events';
import { request } from 'node:http';
import type { Client } from './client.js';

/** Sends a mutation. Resolves once the server has accepted it, with a function that waits for the answer. */
export async function mutationInFlight({ url, token }: Client): Promise<() => Promise<string>> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', expect: '100-continue' };
  const outgoing = request(`${url}/graphql`, { method: 'POST', headers });
  const answered = once(outgoing, 'response');
  outgoing.flushHeaders();
  await once(outgoing, 'continue');
  outgoing.end('{"query":"mutation { createKey(input: {name: \\"late\\"}) { __typename } }"}');
  return async () => {
    const [response] = await answered;
    let text = '';
    for await (const chunk of response) text += chunk;
    return text;
  };
}
