import { extendSchema, parse } from 'graphql';
import { createApp } from '../../src/app.js';
import { readConfig } from '../../src/config.js';
import { schema } from '../../src/graphql/api/schema.js';
import { createLog } from '../../src/observability/log.js';
import { answer } from './support/child.js';
import { type Turns, watchTurns } from './support/turns.js';
import { usedSoFar } from './support/used.js';

/**
 * `start` answers, once it is ready, with the URL and a token for each account; `used` answers with what was used so far; `tell` answers with the turns of the
 * event loop since `watch`.
 */
export type ServerQuestion = { start: string[] } | { used: true } | { turns: 'watch' | 'tell' };
export interface Started {
  url: string;
  tokens: string[];
}

const [KEYLEDGER_DATA = '', KEYLEDGER_STORE] = process.argv.slice(2);
const config = readConfig({ PORT: '0', KEYLEDGER_DATA, KEYLEDGER_STORE, NODE_ENV: 'production' });
const withNothing = extendSchema(schema, parse('extend type Mutation { nothing: Boolean! }'));
const nothing = withNothing.getMutationType()?.getFields().nothing;
if (nothing) nothing.resolve = () => true;
let tellTurns: (() => Promise<Turns>) | undefined;
const app = await createApp({ config, log: createLog(config.logLevel), schema: withNothing });

answer<ServerQuestion>(async (question) => {
  if ('used' in question) return usedSoFar();
  if ('turns' in question) {
    if (question.turns === 'tell') return tellTurns?.();
    tellTurns = watchTurns();
    return undefined;
  }
  const address = await app.start();
  await app.ready;
  const issue = (account: string) => app.issuer?.issue({ account, subject: 'bench', role: 'owner', ttl: 3600 }, config.claims);
  return { url: `${address}/graphql`, tokens: await Promise.all(question.start.map(issue)) };
});
