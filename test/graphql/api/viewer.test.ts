import { setTimeout as delay } from 'node:timers/promises';
import { decodeJwt } from 'jose';
import { ROLES } from '../../../src/auth/viewer.js';
import { newAccount } from '../../support/cleanup.js';
import { Client } from '../../support/client.js';
import { openFilledWorld, type World } from '../../support/world.js';

const VIEWER = '{ viewer { subject accountId roles expiresAt } }';

let world: World;
beforeAll(async () => {
  world = await openFilledWorld();
});

it.each(ROLES)('tells a viewer with the role %s what its token says, and when that ends', async (role) => {
  const client = await world.client({ role, subject: 'ada' });
  const { exp = 0 } = decodeJwt(client.token);
  const viewer = { subject: 'ada', accountId: client.account, roles: [role.toUpperCase()] };
  const { data, errors } = await client.send(VIEWER);
  expect(errors).toBeUndefined();
  expect(data).toEqual({ viewer: { ...viewer, expiresAt: new Date(exp * 1000).toISOString() } });
});

it('has no account where the token names none', async () => {
  const token = await world.app.issuer?.issue({ subject: 'eve', role: 'auditor', ttl: 60 }, world.config.claims);
  const client = new Client(world.url, token ?? '', '');
  expect((await client.send(VIEWER)).data).toMatchObject({ viewer: { accountId: null, roles: ['AUDITOR'] } });
});

it('is recorded as a read of nobody', async () => {
  const subject = newAccount();
  const auditor = await world.client({ role: 'auditor', subject });
  const recorded = '{ reads(first: 100) { edges { node { actor what } } } }';
  await auditor.send(VIEWER);
  await auditor.send('{ events(first: 1) { edges { cursor } } }');
  const reads = async () => (await auditor.send<{ reads: { edges: { node: object }[] } }>(recorded)).data?.reads.edges ?? [];
  while ((await reads()).length === 0) await delay(25);
  for (const { node } of await reads()) expect(node).toMatchObject({ what: expect.stringMatching(/^(?:events|reads)$/) });
});
