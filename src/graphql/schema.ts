import { withArgumentChecks } from './argument-checks.js';
import { builder } from './builder.js';
import './date-time.js';
import './account.js';
import './refusals.js';
import './key-mutations.js';
import './deleted-key.js';
import './history.js';
import './as-of.js';
import './reads.js';
import './usage.js';
import './transparency.js';
import './viewer.js';
import './analytics.js';
import './time-series.js';
import './distribution.js';
import './accounts-at-limit.js';
import './rotation-funnel.js';

/** The whole schema; each file above adds its types to it. */
export const schema = withArgumentChecks(builder.toSchema());
