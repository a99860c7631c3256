import { setTimeout as delay } from 'node:timers/promises';
import { HISTORY } from '../../src/projections/engine/names.js';
import { temporaryDirectory } from '../support/cleanup.js';
import { startServer } from '../support/server.js';
import { spoilTables } from '../support/spoilt-pages.js';
import { statusOf, untilAccepted } from '../support/verify.js';

it('does not end a server that starts: the file is filled anew', async () => {
  const dataDirectory = temporaryDirectory();
  const before = await startServer(dataDirectory);
  const held = await (await before.client('acme')).newKey();
  await before.end('SIGTERM');
  spoilTables(dataDirectory, `${HISTORY}_at`);
  const server = await startServer(dataDirectory);
  await untilAccepted(server, held);
  const auditor = await server.client('acme', { role: 'auditor' });
  const events = `{ events(filter: { from: "2000-01-01T00:00:00Z" }) { edges { node { account } } } }`;
  const read = async () => (await auditor.send(events)).data?.events;
  for (let answer = await read(); !answer; answer = await read()) await delay(25);
  expect(await read()).toEqual({ edges: [{ node: { account: 'acme' } }] });
  expect(await statusOf(server, held)).toBe(200);
  expect(await server.end('SIGTERM')).toBe(0);
});
