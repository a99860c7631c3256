import { run } from '../cli/run.js';
import { compile, itFindsMistakes } from '../support/consumer.js';
import { ROOT } from '../support/pages.js';

const SERVICE = `
import { createServer } from 'node:http';
import express from 'express';
import Fastify from 'fastify';
import { Hono } from 'hono';
import { createVerifier, type Verdict, type VerifiedKey } from 'keyledger/verify';

const verifier = createVerifier({
  url: new URL('https://keyledger.internal'),
  timeout: 500,
  onUnavailable: ({ code, status, message }) => console.error(code, status, message),
  cache: { deletedKeysWorkFor: 5000, size: 100 },
});

const fastify = Fastify();
fastify.addHook('onRequest', verifier.fastify());
fastify.get<{ Querystring: { page: string } }>('/', { onRequest: verifier.fastify({ scopes: ['read'] }) }, (request) => {
  const key: VerifiedKey = verifier.keyOf(request);
  return key.account + request.query.page;
});

const app = express();
app.use(verifier.express());
app.get('/:id', verifier.express({ scopes: ['read'] }), (request, response) => {
  const id: string = request.params.id;
  response.send(verifier.keyOf(request).keyId + id);
});

const hono = new Hono<{ Variables: { user: string } }>();
hono.use(verifier.hono());
hono.get('/:id', verifier.hono({ scopes: ['read'] }), (c) => {
  const user: string = c.get('user');
  return c.text(verifier.keyOf(c).scopes.join() + user + c.req.param('id'));
});

createServer(verifier.node((request, response) => response.end(request.method)));

const verdict: Verdict = await verifier.verify('Bearer x', { scopes: ['read'], address: '192.0.2.1' });
if (verdict.refusal) console.log(verdict.refusal.status);
else console.log(verdict.key.account);
`;

it('fits Fastify, Express, Hono and node:http in a strict project', () => {
  expect(compile([SERVICE], ['fastify', 'express', '@types/express', 'hono'], { skipLibCheck: true })).toBe('');
});

it('needs none of them, and its own types are right by themselves', () => {
  const alone = `import { createVerifier } from 'keyledger/verify';
    export const verifier = createVerifier({ url: 'http://127.0.0.1:4000' });`;
  expect(compile([alone], [], { skipLibCheck: false })).toBe('');
});

it('is taken by CommonJS with `require`, like the client', async () => {
  const program = `const { createVerifier } = require('keyledger/verify'), { createClient } = require('keyledger/client');
    console.log(typeof createVerifier, typeof createClient);`;
  const { stdout } = await run(process.execPath, ['--input-type=commonjs', '--eval', program], {}, ROOT);
  expect(stdout).toBe('function function\n');
});

itFindsMistakes(
  `import { createVerifier } from 'keyledger/verify';
  const verifier = createVerifier({ url: 'http://127.0.0.1:4000' });`,
  [
    ['createVerifier({});', "Property 'url' is missing"],
    ["verifier.fastify({ scope: ['read'] });", "'scope' does not exist"],
    ["verifier.keyOf('a request');", 'not assignable'],
    ["verifier.keyOf({}).account = 'another';", 'read-only'],
    ["(await verifier.verify('x')).key.account;", 'possibly'],
  ],
  [],
);
