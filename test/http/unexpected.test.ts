import { join } from 'node:path';
import Database from '../../src/shared/sqlite.js';
import { ask, basic, bearer, type Question } from '../support/http.js';
import { expectProblem } from '../support/problem.js';
import { openWorld, type World } from '../support/world.js';

const TOKEN = 'x'.repeat(32);
const FORM = ['Content-Type', 'application/x-www-form-urlencoded'];

let world: World;
let secret: string;
let keyId: string;
beforeAll(async () => {
  world = await openWorld({ env: { KEYLEDGER_INTROSPECTION_TOKEN: TOKEN } });
  const created = await (await world.client({})).newKey();
  secret = created.secret;
  keyId = created.key.keyId;
  const database = new Database(join(world.config.dataDirectory, 'keys.db'));
  database.exec('DROP TABLE keys_5');
  database.close();
});

it.each<[path: string, question: () => Question]>([
  ['/v1/verify', () => ({ headers: basic(keyId, secret) })],
  ['/v1/verify', () => ({ headers: bearer(secret) })],
  ['/v1/introspect', () => ({ method: 'POST', headers: [...bearer(TOKEN), ...FORM], body: `token=${secret}` })],
  ['/v1/leaked', () => ({ method: 'POST', headers: FORM, body: `secret=${secret}` })],
])('an error that nobody expected is a problem that tells nothing, and is logged once: %s', async (path, question) => {
  const answer = await ask(world.url + path, question());
  expectProblem(answer, 'INTERNAL_SERVER_ERROR');
  const { headers, wire } = answer;
  expect(wire).not.toMatch(/keys_5|kls_|key_|Sqlite|\.ts|\.js/);
  const lines = world
    .log()
    .split('\n')
    .filter((line) => line.includes(`${headers['x-request-id']}`) && line.includes('"level":"error"'));
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain('no such table');
  expect(lines[0]).not.toContain(secret);
});
