import type { Timestamp } from '../keys/model.js';
import type { Checkpoint } from './checkpoint.js';

/** Events were lost for good. From here on, the log's checkpoints are signed under a new origin. */
export interface OriginOpened {
  type: 'OriginOpened';
  data: {
    /** The last checkpoint under the previous origin that the data directory kept, with its root in base64; absent if it kept none. */
    previous?: { origin: string; size: number; root: string } | undefined;
  };
}

/** A new origin with its event id, its time and its actor. */
export type PastOrigin = OriginOpened & { id: string; at: Timestamp; actor: string };

/** The name under which a log's checkpoints are signed. */
export interface LogOrigin {
  name: string;
  /** The last checkpoint under the previous origin; undefined for the first one. */
  previous?: Checkpoint | undefined;
}

/** The first name of the log (and of its key) that begins with this event. */
export function logOrigin(firstEventId: string): string {
  return `keyledger/${firstEventId}`;
}

/** The log's current name. */
export function originOf(firstEventId: string, opened: readonly PastOrigin[]): LogOrigin {
  return laterOrigins(firstEventId, opened).at(-1) ?? { name: logOrigin(firstEventId) };
}

/** True if it is a name, the first or a later one, of the log that begins with this event. */
export function isOriginOf(name: string, firstEventId: string): boolean {
  const first = logOrigin(firstEventId);
  return name === first || name.startsWith(`${first}/`);
}

/** True if the log has or had this name, or if one of its names replaced this one, as when the log took another log's place. */
export function isKnownName(name: string, firstEventId: string, opened: readonly PastOrigin[]): boolean {
  const later = laterOrigins(firstEventId, opened);
  return name === logOrigin(firstEventId) || later.some((origin) => name === origin.name || name === origin.previous?.origin);
}

/** All names of the log after its first, oldest first. */
function laterOrigins(firstEventId: string, opened: readonly PastOrigin[]): LogOrigin[] {
  const first = logOrigin(firstEventId);
  return opened.map(({ id, data }) => ({ name: `${first}/${id}`, previous: checkpointOf(data) }));
}

function checkpointOf({ previous }: OriginOpened['data']): Checkpoint | undefined {
  return previous && { ...previous, root: Buffer.from(previous.root, 'base64') };
}
