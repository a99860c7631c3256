import type { Asked, Readable } from '../../domain/audit/history-read.js';
import type { Context } from './context.js';

/**
 * Records that the viewer reads the history. Every field that shows history calls this after it has checked the viewer's permission.
 * @param since the position after which a feed begins; undefined for a query
 */
export function recordRead(context: Context, what: Readable, filter: Asked, since?: number): void {
  const { reads, viewer, correlationId, sent } = context;
  reads.record({
    actor: viewer.subject,
    correlationId,
    what,
    filter,
    ...(since === undefined ? { request: sent } : { since }),
  });
}
