import { accountOf } from '../../store/streams.js';
import type { Projection, Unread } from './projection.js';

/** Takes messages about what cannot be read. A logger is one. */
export interface UnreadLog {
  error(fields: object, message: string): void;
}

/** Reports events that a projection could not read, each once. Later events of an account in quarantine are not reported. */
export function reportUnread(log: UnreadLog, { name, quarantine }: Projection, unread: readonly Unread[]): void {
  const [first] = unread;
  if (!first) return;
  if (!quarantine) {
    log.error({ projection: name, events: unread.length, reason: first.reason }, 'events cannot be read and are left out');
    return;
  }
  for (const { event, reason } of unread) {
    const account = accountOf(event.stream);
    log.error({ projection: name, account, reason }, 'the events of an account cannot be read; the account is in quarantine');
  }
}
