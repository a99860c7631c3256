import type { Timestamp } from '../keys/model.js';
import type { Checkpoint } from './checkpoint.js';

/** Events were lost for good: from here on, the log's checkpoints are signed under another name. */
export interface OriginOpened {
  type: 'OriginOpened';
  data: {
    /** The last checkpoint under the name before that the data directory kept, its root in base64; none where it kept none. */
    previous?: { origin: string; size: number; root: string } | undefined;
  };
}

/** When it was opened, and by whom. */
export type PastOrigin = OriginOpened & { id: string; at: Timestamp; actor: string };

/** The name under which a log's checkpoints are signed. */
export interface LogOrigin {
  name: string;
  /** The last checkpoint under the name before; undefined under the first. */
  previous?: Checkpoint | undefined;
}

/** The first name of the log that begins with this event, and of its key. */
export function logOrigin(firstEventId: string): string {
  return `keyledger/${firstEventId}`;
}

/** Every name that the log has had, the first one first. */
export function originsOf(firstEventId: string, opened: readonly PastOrigin[]): LogOrigin[] {
  const first = logOrigin(firstEventId);
  return [{ name: first }, ...opened.map(({ id, data }) => ({ name: `${first}/${id}`, previous: checkpointOf(data) }))];
}

/** The name that the log has now. */
export function originOf(firstEventId: string, opened: readonly PastOrigin[]): LogOrigin {
  return originsOf(firstEventId, opened).at(-1) ?? { name: logOrigin(firstEventId) };
}

/** Whether it is a name of the log that begins with this event, the first or a later one. */
export function isOriginOf(name: string, firstEventId: string): boolean {
  const first = logOrigin(firstEventId);
  return name === first || name.startsWith(`${first}/`);
}

/** Whether it is a name that the log has or had, or one that a name of its took over from, as when it took another log's place. */
export function isKnownName(name: string, firstEventId: string, opened: readonly PastOrigin[]): boolean {
  return originsOf(firstEventId, opened).some((origin) => origin.name === name || origin.previous?.origin === name);
}

function checkpointOf({ previous }: OriginOpened['data']): Checkpoint | undefined {
  return previous && { ...previous, root: Buffer.from(previous.root, 'base64') };
}
