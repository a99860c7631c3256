import { withArgumentChecks } from './argument-checks.js';
import { builder } from './builder.js';
import './date-time.js';
import './json.js';
import '../keys/account.js';
import '../keys/refusals.js';
import '../keys/key-mutations.js';
import '../keys/key-changes.js';
import '../keys/accounts.js';
import '../keys/operator-mutations.js';
import '../audit/deleted-key.js';
import '../audit/history.js';
import '../audit/key-events.js';
import '../audit/key-change-events.js';
import '../audit/account-events.js';
import '../audit/as-of.js';
import '../audit/reads.js';
import '../usage/usage.js';
import '../transparency/transparency.js';
import './viewer.js';
import '../analytics/analytics.js';
import '../analytics/time-series.js';
import '../analytics/distribution.js';
import '../analytics/accounts-at-limit.js';
import '../analytics/rotation-funnel.js';

/** The whole schema. Each imported file adds its types. */
export const schema = withArgumentChecks(builder.toSchema());
