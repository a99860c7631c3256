import { AccessDeniedError } from '@eventstore/db-client';
import { NoAnswer } from '../../shared/with-timeout.js';

/** The hosts of a connection string. User and password are not captured. */
const HOSTS = /^esdb(?:\+discover)?:\/\/(?:[^\s:@/]+:[^\s@/]+@)?([\w.-]+(?::\d{1,5})?(?:,[\w.-]+(?::\d{1,5})?)*)\/?(?:\?\S*)?$/;

/** The client's default. */
const PORT = 2113;

/** Reasons by what the messages of the client, of gRPC, of Node.js and of OpenSSL contain, and what to do. */
const REASONS: [pattern: RegExp, reason: string, remedy: string][] = [
  [/ECONNREFUSED/, 'connection refused', 'Start it, or correct the address.'],
  [/ENOTFOUND|EAI_AGAIN|Name resolution failed/, 'the name is unknown', 'Correct the address, or the name server.'],
  [/EHOSTUNREACH|ENETUNREACH|ETIMEDOUT/, 'there is no way to it', 'Check the address and the network.'],
  [/certificate|CERT_/i, 'its certificate is not accepted', 'Set `tlsCAFile`, or correct the certificate.'],
  [/WRONG_VERSION_NUMBER|EPROTO|wrong version number/, 'it does not speak TLS', 'Set `tls=false`, or let it speak TLS.'],
  [/UNAUTHENTICATED|Access Denied/i, 'it refuses the user or the password', 'Correct them in KEYLEDGER_STORE.'],
  [/ECONNRESET|socket hang up|Connection dropped|GOAWAY/, 'the connection was lost', 'Check that it runs.'],
  [/abort|timeout|timed out|DEADLINE_EXCEEDED/i, 'it does not answer', 'Check that it runs, and the address.'],
  [/Failed to discover/, 'no node answers as the leader', 'Check that the cluster runs, and the addresses.'],
];

/** What the operator should know about a server that did not answer. Never contains the user, the password or the options. */
export function outageOf(connectionString: string, error: unknown): string {
  const [reason, remedy] = reasonFor(error);
  return `EventStoreDB at ${addressesIn(connectionString)} (KEYLEDGER_STORE) cannot be reached: ${reason}. ${remedy}`;
}

/** The addresses, as `host:port`. */
function addressesIn(connectionString: string): string {
  const hosts = HOSTS.exec(connectionString)?.[1];
  if (hosts === undefined) return 'the configured address';
  return hosts
    .split(',')
    .map((host) => (host.includes(':') ? host : `${host}:${PORT}`))
    .join(', ');
}

function reasonFor(error: unknown): [reason: string, remedy: string] {
  for (let at = error; at instanceof Error; at = at.cause) {
    const text = `${at.message} ${Reflect.get(at, 'code')}`;
    const known = REASONS.find(([pattern]) => pattern.test(text));
    if (known) return [known[1], known[2]];
    if (at instanceof AccessDeniedError) return ['it denies the access', 'Correct the user and the rights.'];
    if (at instanceof NoAnswer) return ['it does not answer', 'Check that it runs, and the address.'];
  }
  return ['it did not answer as expected', 'Check that it runs.'];
}
