import { serverAudits } from 'graphql-http';
import type { Client } from '../../support/client.js';
import { openWorld } from '../../support/world.js';

let client: Client;
beforeAll(async () => {
  client = await (await openWorld()).client({});
});

const audits = serverAudits({
  url: () => `${client.url}/graphql`,
  fetchFn: (input: string, init: RequestInit = {}) => {
    const headers = new Headers(init.headers);
    headers.set('authorization', `Bearer ${client.token}`);
    // The header that shows that no foreign page made the request; the audits do not know it.
    headers.set('x-graphql-yoga-csrf', 'audit');
    return fetch(input, { ...init, headers });
  },
});

describe('GraphQL over HTTP', () => {
  it('has 61 audits', () => {
    expect(audits).toHaveLength(61);
  });

  it.each(audits.map((audit) => [audit.id, audit.name, audit] as const))('%s %s', async (_id, _name, audit) => {
    expect(await audit.fn()).toMatchObject({ status: 'ok' });
  });
});
