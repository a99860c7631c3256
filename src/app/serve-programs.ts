import type { FastifyInstance } from 'fastify';
import { checkpointRoute } from '../http/programs/checkpoint.js';
import { FailedAttempts } from '../http/programs/failed-attempts.js';
import { healthRoutes } from '../http/programs/health.js';
import { introspectRoute } from '../http/programs/introspect.js';
import { type LeakReport, leakedRoute, MOST_SECRETS } from '../http/programs/leaked.js';
import { type Exposition, metricsRoute } from '../http/programs/metrics.js';
import { refuseWhile } from '../http/programs/refuse-for-now.js';
import { verifyRoute } from '../http/programs/verify.js';
import type { SecurityLog } from '../http/security-log.js';
import type { Metrics } from '../observability/metrics.js';
import type { Verified } from '../projections/keys/verification.js';
import { RateLimit } from '../shared/rate-limit.js';
import type { Availability } from './availability.js';
import type { Basis } from './basis.js';
import { perMinute } from './per-minute.js';
import type { ReadSide } from './read-side.js';
import type { WriteSide } from './write-side.js';

export interface ProgramsOptions {
  basis: Basis;
  read: ReadSide;
  write: WriteSide;
  availability: Availability;
  securityLog: SecurityLog;
  /** The source of `/metrics`, if it shows more than the metrics of this process. */
  exposition: ((own: Metrics) => Exposition) | undefined;
  /** True if the process was told to stop. */
  isDraining: () => boolean;
}

/** Registers the routes for programs: verification, introspection, leak reports, checkpoint, metrics and health. */
export function servePrograms(
  server: FastifyInstance,
  { basis, read, write, availability, ...options }: ProgramsOptions,
): void {
  const { config, metrics } = basis;
  const { exposition, isDraining, securityLog } = options;
  const { checkpoints, projections, verification, verifier, statuses } = read;
  const { requireReady, whyNoVerification, whyNoMutations } = availability;
  server.register(checkpointRoute(checkpoints));
  server.register(metricsRoute(exposition?.(metrics) ?? metrics));
  const refuseForNow = refuseWhile(whyNoVerification);
  const failedAttempts = new FailedAttempts(perMinute(config.failuresPerMinute));
  const onAccepted = (verified: Verified) => write.uses.record(verified);
  const asked = { verifier, refuseForNow, failedAttempts, onAccepted };
  server.register(verifyRoute(asked));
  server.register(introspectRoute({ ...asked, token: config.introspectionToken, keys: projections.keys, securityLog }));
  const reportLeak = (report: LeakReport) => write.commands.reportLeak(report);
  server.register(leakedRoute({ reportLeak, reported: new RateLimit(MOST_SECRETS), requireReady }));
  const lookUp = () => verification.verify('', '');
  const { staleness } = config;
  server.register(healthRoutes({ whyNoVerification, lookUp, whyNoMutations, statuses, isDraining, staleness }));
}
