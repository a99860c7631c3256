import type { Asked, Readable } from '../../domain/audit/history-read.js';
import type { Context } from './context.js';

/**
 * Has it recorded that the viewer reads the history. Every field that shows some of it calls this, once it is known that the
 * viewer may see what was asked for. @param since of a feed, the position after which it begins
 */
export function recordRead(context: Context, what: Readable, filter: Asked, since?: number): void {
  const { reads, viewer, correlationId, sent } = context;
  reads.note({ actor: viewer.subject, correlationId, what, filter, ...(since === undefined ? { request: sent } : { since }) });
}
