import type { Asked, Readable } from '../domain/history-read.js';
import type { Context } from './context.js';

/**
 * Has it recorded that the viewer reads the history. Every field that shows some of it calls this, once it is known that the
 * viewer may see what was asked for.
 */
export function noteRead({ reads, viewer, correlationId }: Context, what: Readable, filter: Asked): void {
  reads.note({ actor: viewer.subject, correlationId, what, filter });
}
