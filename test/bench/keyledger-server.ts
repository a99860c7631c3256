import { extendSchema, parse } from 'graphql';
import { createApp } from '../../src/app.js';
import { readConfig } from '../../src/config.js';
import { schema } from '../../src/graphql/api/schema.js';
import { createLog } from '../../src/observability/log.js';
import { answer } from './support/child.js';

/** `start` answers with the URL and a token for each account; `cpu` answers with the microseconds used so far. */
export type ServerQuestion = { start: string[] } | { cpu: true };
export interface Started {
  url: string;
  tokens: string[];
}

const [KEYLEDGER_DATA = '', KEYLEDGER_STORE] = process.argv.slice(2);
const config = readConfig({ PORT: '0', KEYLEDGER_DATA, KEYLEDGER_STORE, NODE_ENV: 'production' });
const withNothing = extendSchema(schema, parse('extend type Mutation { nothing: Boolean! }'));
const nothing = withNothing.getMutationType()?.getFields().nothing;
if (nothing) nothing.resolve = () => true;
const app = await createApp({ config, log: createLog(config.logLevel), schema: withNothing });

answer<ServerQuestion>(async (question) => {
  if ('cpu' in question) return cpu();
  const address = await app.start();
  const issue = (account: string) => app.issuer?.issue({ account, subject: 'bench', role: 'owner', ttl: 3600 }, config.claims);
  return { url: `${address}/graphql`, tokens: await Promise.all(question.start.map(issue)) };
});

function cpu(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}
