import express from 'express';
import { createVerifier } from 'keyledger/verify';

const verifier = createVerifier({ url: 'http://127.0.0.1:4000' });
const app = express();
app.use(verifier.express());

app.get('/', (request, response) => response.send(`Hello ${verifier.keyOf(request).account}\n`));
app.get('/admin', verifier.express({ scopes: ['admin'] }), (_, response) => response.send('Hello admin\n'));

app.listen(3000, '127.0.0.1');
