import { createServer } from 'node:http';
import { createVerifier } from 'keyledger/verify';

const verifier = createVerifier({ url: 'http://127.0.0.1:4000' });
const hello = (request, response) => response.end(`Hello ${verifier.keyOf(request).account}\n`);
const admin = verifier.node((_, response) => response.end('Hello admin\n'), { scopes: ['admin'] });

const server = createServer(
  verifier.node((request, response) => (request.url === '/admin' ? admin : hello)(request, response)),
);
server.listen(3000, '127.0.0.1');
