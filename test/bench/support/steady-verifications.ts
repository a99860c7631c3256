import { Connections } from './connections.js';
import type { Keyledger } from './keyledger.js';
import { offerSteadily, type Rate, type Steady } from './steady-load.js';

/** Verifies a key over HTTP at a fixed rate. The connections are new: so a server must also be able to accept some. */
export async function verifySteadily({ client }: Keyledger, secret: string, rate: Rate): Promise<Steady> {
  const connections = new Connections(`${client.url}/v1/verify`);
  try {
    return await offerSteadily(() => connections.post('', secret), rate);
  } finally {
    connections.close();
  }
}
