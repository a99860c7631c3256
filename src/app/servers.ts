import { SecurityLog } from '../http/security-log.js';
import { createServer } from '../http/server.js';
import { observeRequests, traceRequests } from '../observability/requests.js';
import { listening } from '../shared/cannot-listen.js';
import { type PeopleOptions, servePeople } from './serve-people.js';
import { type ProgramsOptions, servePrograms } from './serve-programs.js';

export type ServersOptions = Omit<PeopleOptions & ProgramsOptions, 'isDraining' | 'securityLog'>;

/** The HTTP server with all its routes. */
export interface Servers {
  /** Starts to listen. Resolves with the address. */
  start(): Promise<string>;
  /** Makes `/readyz` answer 503 from now on. */
  drain(): void;
  /** Lets requests in flight finish. */
  stop(): Promise<void>;
}

export function createServers(options: ServersOptions): Servers {
  const { config, log, metrics, tracing } = options.basis;
  const { host, port } = config;
  let draining = false;
  const server = createServer(log, config);
  observeRequests(server, metrics.recordRequest);
  if (tracing) traceRequests(server, tracing);
  const securityLog = new SecurityLog();
  servePeople(server, { ...options, securityLog });
  servePrograms(server, { ...options, securityLog, isDraining: () => draining });
  return {
    start: () => listening({ host, port }, server.listen({ port, host })),
    drain() {
      draining = true;
    },
    stop: async () => server.close(),
  };
}
