import { join } from 'node:path';
import { openLocalIssuer } from '../auth/local-issuer.js';
import { type Config, isLoopback } from '../config.js';
import { DATA_FILE } from '../shared/data-files.js';
import { messageOf } from '../shared/message-of.js';
import { PATH } from '../shared/paths.js';
import { signInLink } from './commands/sign-in-link.js';
import { print, say } from './output/output.js';

/** Prints what a newcomer needs, on standard output. If the reader of that has gone, as with `head`, the server stays. */
export async function greet(config: Config, address: string): Promise<void> {
  const greeting = await greetingOf(config, address);
  await print(greeting).catch(() => {});
}

/** Contains a token only if nobody else could read or use it. */
async function greetingOf(config: Config, address: string): Promise<string> {
  const { host, production, identityProvider } = config;
  const answers = `Keyledger answers at ${address}${PATH.graphql}\n`;
  if (identityProvider || !isLoopback(host) || production) return answers;
  // A disk that takes no writes is no reason to end a server that can verify keys.
  const invitation = await invitationOf(config, address).catch((error: unknown) => {
    const reason = messageOf(error).replace(/\.$/, '');
    say(`there is no link to the dashboard: ${reason}. Later, \`keyledger sign-in-link\` can create one.`);
    return '';
  });
  return `${answers}${invitation}`;
}

async function invitationOf(config: Config, address: string): Promise<string> {
  const { claims, dataDirectory } = config;
  const endpoint = `${address}${PATH.graphql}`;
  const issuer = await openLocalIssuer(join(dataDirectory, DATA_FILE.issuerKey));
  const token = await issuer.issue({ account: 'demo', subject: 'demo', role: 'owner', ttl: 3600 }, claims);
  const link = await signInLink(config, { account: 'demo', subject: 'demo', role: 'owner' }, address);
  const query =
    'mutation { createKey(input: {name: "first"}) { ... on CreateKeyPayload { key { keyId } secret } ... on Error { message } } }';
  return `
Open the dashboard (this link works once, for 15 minutes):

${link}

A token for an owner of the account "demo", valid for one hour:

${token}

Create a key; its secret is in the answer, this once:

curl -s ${endpoint} -H 'content-type: application/json' -H 'authorization: Bearer ${token}' \\
  -d '${JSON.stringify({ query })}'
`;
}
