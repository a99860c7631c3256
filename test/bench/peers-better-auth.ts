import { createServer } from '../../src/http/server.js';
import { createLog } from '../../src/observability/log.js';
import { openBetterAuth } from './support/better-auth.js';
import { compete, oneOf } from './support/contestant.js';

/** better-auth with its plugin for API keys, behind our own HTTP server. */
const [file = '', synchronous = ''] = process.argv.slice(2);
let users = 0;

compete(async (count) => {
  const auth = await openBetterAuth(file, synchronous === 'NORMAL' ? 'NORMAL' : 'FULL');
  const keys: string[] = [];
  await auth.inHaste(async () => {
    for (let index = 0; index < count; index += 1) keys.push(await auth.create(`user-${Math.floor(index / 2)}`));
  });
  const server = createServer(createLog('warn'));
  server.get('/verify', async ({ headers }, reply) => {
    const key = headers['x-api-key'];
    return reply.code(typeof key === 'string' && (await auth.isValid(key)) ? 200 : 401).send();
  });
  const url = await server.listen({ port: 0, host: '127.0.0.1' });
  return {
    served: { url, requests: keys.map((key) => ({ path: '/verify', headers: { 'x-api-key': key } })) },
    async verify() {
      if (!(await auth.isValid(oneOf(keys)))) throw new Error('A key is refused.');
    },
    create() {
      users += 1;
      return auth.create(`new-${users}`);
    },
  };
});
