import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { createVerifier } from 'keyledger/verify';

const verifier = createVerifier({ url: 'http://127.0.0.1:4000' });
const app = new Hono();
app.use(verifier.hono());

app.get('/', (c) => c.text(`Hello ${verifier.keyOf(c).account}\n`));
app.get('/admin', verifier.hono({ scopes: ['admin'] }), (c) => c.text('Hello admin\n'));

serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 3000 });
