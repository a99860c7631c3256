import Fastify from 'fastify';
import { metricsRoute } from '../../../src/http/programs/metrics.js';

it('renders once for all who ask at the same time, and anew for who asks later', async () => {
  let [arrived, rendered] = [0, 0];
  let finish = () => {};
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const server = Fastify();
  server.addHook('preHandler', async () => {
    arrived += 1;
  });
  const exposition = async () => {
    rendered += 1;
    const text = `rendering ${rendered}`;
    await finished;
    return text;
  };
  server.register(metricsRoute({ contentType: 'text/plain', exposition }));
  const scrape = async () => (await server.inject('/metrics')).body;
  const together = [scrape(), scrape(), scrape()];
  while (arrived < together.length) await new Promise(setImmediate);
  await new Promise(setImmediate);
  finish();
  expect(await Promise.all(together)).toEqual(['rendering 1', 'rendering 1', 'rendering 1']);
  expect(await scrape()).toBe('rendering 2');
});
