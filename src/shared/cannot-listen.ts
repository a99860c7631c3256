import { codeOf } from './error-code.js';
import { ExplainedError } from './explained-error.js';
import { messageOf } from './message-of.js';

/** The address at which a server listens. */
export interface Endpoint {
  host: string;
  port: number;
}

const OWN_ADDRESS = 'Set HOST to an address of this machine, such as 127.0.0.1, or to 0.0.0.0 for all of them.';

/** The server cannot listen at the address that the settings PORT and HOST give. */
class CannotListen extends ExplainedError {
  constructor(endpoint: Endpoint, cause: unknown) {
    super(explain(endpoint, cause), { cause });
  }
}

/**
 * Waits until a server listens.
 * @throws CannotListen
 */
export function listening<T>(endpoint: Endpoint, started: Promise<T>): Promise<T> {
  return started.catch((error: unknown) => {
    throw new CannotListen(endpoint, error);
  });
}

function explain({ host, port }: Endpoint, cause: unknown): string {
  switch (codeOf(cause)) {
    case 'EADDRINUSE':
      return `Port ${port} at ${host} is in use (PORT, HOST). Stop the program that uses it, or set PORT to another port.`;
    case 'EACCES':
    case 'EPERM':
      return `This user may not use port ${port} at ${host} (PORT, HOST). Set PORT to a port from 1024 on, such as 4000, or permit this user to use it.`;
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
      return `${host} is not an address of this machine (HOST). ${OWN_ADDRESS}`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `No address is known for the name ${host} (HOST). ${OWN_ADDRESS}`;
    default:
      return `Nothing can listen on port ${port} at ${host} (PORT, HOST): ${messageOf(cause)}. Set PORT and HOST to a port and an address of this machine.`;
  }
}
