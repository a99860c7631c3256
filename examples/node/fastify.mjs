import Fastify from 'fastify';
import { createVerifier } from 'keyledger/verify';

const verifier = createVerifier({ url: 'http://127.0.0.1:4000' });
const app = Fastify();
app.addHook('onRequest', verifier.fastify());

app.get('/', (request) => `Hello ${verifier.keyOf(request).account}\n`);
app.get('/admin', { onRequest: verifier.fastify({ scopes: ['admin'] }) }, () => 'Hello admin\n');

await app.listen({ host: '127.0.0.1', port: 3000 });
