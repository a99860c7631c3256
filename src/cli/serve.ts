import { type App, createApp } from '../app.js';
import { type Config, isLoopback } from '../config.js';
import { createLog } from '../observability/log.js';

/** How long a stop may take before it is cut short, in milliseconds: the longest mutation, and some. */
const GRACE = 5000;

/** Runs the server until SIGTERM or SIGINT, then lets requests in flight finish. */
export async function serve(config: Config): Promise<void> {
  const log = createLog(config.logLevel);
  const onFatal = (error: Error): never => {
    log.fatal({ err: error }, 'the disk failed in mid-commit; nobody knows what is on it, so the process ends');
    process.exit(1);
  };
  const app = await createApp({ config, log, onFatal });
  const address = await app.start();
  log.info({ address, store: config.store.kind, data: config.dataDirectory }, 'listening');
  app.ready.then(() => greet(app, config, address));
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop(signal));

  async function stop(signal: string): Promise<void> {
    log.info({ signal }, 'stopping');
    setTimeout(() => process.exit(1), config.deadline + GRACE).unref();
    await app.stop();
    log.info('stopped');
    // A server that accepts connections and never speaks would keep the process alive.
    process.exit(0);
  }
}

/** What a newcomer needs, on standard output; never a token where others could read or use it. */
async function greet({ issuer }: App, { host, production, claims }: Config, address: string): Promise<void> {
  const endpoint = `${address}/graphql`;
  process.stdout.write(`Keyledger answers at ${endpoint}\n`);
  if (!issuer || !isLoopback(host) || production) return;
  const token = await issuer.issue({ account: 'demo', subject: 'demo', role: 'owner', ttl: 3600 }, claims);
  const query =
    'mutation { createKey(input: {name: "first"}) { ... on CreateKeyPayload { key { keyId } secret } ... on Error { message } } }';
  process.stdout.write(`
A token for an owner of the account "demo", valid for one hour:

${token}

Create a key; its secret is in the answer, this once:

curl -s ${endpoint} -H 'content-type: application/json' -H 'authorization: Bearer ${token}' \\
  -d '${JSON.stringify({ query })}'
`);
}
