import { type BrokenTree, type Inspection, isWhole } from '../../projections/transparency/inspection.js';
import { WARNING } from '../../projections/transparency/log-difference.js';
import { countOf } from '../../shared/count-of.js';
import type { EventStore, RecordedEvent } from '../../store/event-store.js';
import { type PutBack, REPLACED } from '../../store/sqlite/sqlite-put-back.js';

/** How many events are listed individually. */
const NAMED = 20;

/** Why nothing can be put back into a log that holds no known event. */
export const ANOTHER = 'this is another log';

/** What was put back, and what is wrong with the log: which events were changed, and which are missing, as far as that is known. */
export async function describe(store: EventStore, found: Inspection, { put, moved, refused }: PutBack): Promise<string[]> {
  const { size, root, held, broken, changed, inserted } = found;
  const places = moved === 0 ? '' : `, ${moved} of them at new positions: older cursors may point to other events`;
  const lines = [
    `Put back: ${countOf(put, 'event')}${places}.`,
    `The log holds ${countOf(size, 'event')}, root ${root.toString('base64')}. Kept checkpoints that it matches: ${held}.`,
  ];
  if (isWhole(found)) return lines;
  if (found.missing > 0) lines.push(`Missing: at least ${countOf(found.missing, 'event')}.`);
  if (broken?.isForeign)
    lines.push(`The last checkpoint, of ${countOf(broken.size, 'event')}, was signed for ${broken.origin}, not for this log.`);
  if (changed.length > 0) lines.push(`Changed: ${countOf(changed.length, 'event')}`, ...named(changed, changed.length));
  if (inserted.count > 0)
    lines.push(
      `Unknown to this data directory, before known events: ${countOf(inserted.count, 'event')}`,
      ...named(inserted.first, inserted.count),
    );
  if (refused.length > 0) {
    const reasons = refused.slice(0, NAMED).map(({ event, reason }) => `${nameOf(event)}: ${reason}`);
    lines.push(`Cannot be put back: ${countOf(refused.length, 'event')}`, ...listed(reasons, refused.length));
  }
  const isNamed = changed.length + inserted.count + refused.length > 0;
  if (broken && isRewritten(broken, size)) lines.push(...(await rewritten(store, broken, isNamed)));
  return lines;
}

const ALL_REPLACED =
  'The log holds none of the events that this data directory knows: check KEYLEDGER_DATA and KEYLEDGER_STORE. If they are right, all events were replaced.';

/** What to do if the log is not what it was. */
export function remedy({ size, broken, changed, inserted, missing }: Inspection, { refused }: PutBack): string[] {
  const isAnother = refused.some(({ reason }) => reason === ANOTHER);
  const isChanged =
    isAnother ||
    changed.length + inserted.count > 0 ||
    refused.some(({ reason }) => reason.startsWith(REPLACED)) ||
    (broken !== undefined && isRewritten(broken, size));
  const isMissing =
    !isChanged || missing > 0 || refused.some(({ reason }) => reason !== ANOTHER && !reason.startsWith(REPLACED));
  return [
    ...(isMissing
      ? ['Events are still missing: they are not in the history of this data directory, or they cannot be put back.']
      : []),
    ...(isChanged
      ? [
          `${isAnother ? ALL_REPLACED : 'Events were changed or replaced.'} ${WARNING} Keep a copy of the log and of this data directory for that.`,
        ]
      : []),
    'Services stay closed.',
    isChanged
      ? 'Restore a copy of the log from before the change. If there is none, and you know who changed it, `keyledger recover --accept-loss` continues with the log as it is.'
      : 'Restore a newer copy of the log, or run `keyledger recover --accept-loss` to continue with the log as it is.',
  ];
}

/** True if a log of that size is long enough to hold the tree, and holds another. */
function isRewritten({ isForeign, size }: BrokenTree, logSize: number): boolean {
  return !isForeign && size <= logSize;
}

async function rewritten(store: EventStore, { origin, size, sound }: BrokenTree, isNamed: boolean): Promise<string[]> {
  const what = origin === undefined ? 'the projected tree covers' : `a checkpoint of ${origin} covers`;
  const line = `The log's first ${countOf(size, 'event')} are not those that ${what}.`;
  if (isNamed) return [line];
  const events = await firstAfter(store, sound, size);
  const start = `${line} ${size - sound === 1 ? 'This one' : `At least one of these ${size - sound}`}`;
  return [`${start} was changed, replaced, removed or inserted:`, ...named(events, size - sound)];
}

/** The first events after a place in the log, up to another. */
async function firstAfter(store: EventStore, place: number, end: number): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  let at = 0;
  for await (const page of store.readAll('apiKeys')) {
    for (const event of page) {
      at += 1;
      if (at > end || events.length === NAMED) return events;
      if (at > place) events.push(event);
    }
  }
  return events;
}

function named(events: readonly RecordedEvent[], count: number): string[] {
  return listed(events.slice(0, NAMED).map(nameOf), count);
}

function listed(names: string[], count: number): string[] {
  const rest = count - names.length;
  return [...names.map((name) => `  ${name}`), ...(rest > 0 ? [`  and ${rest} more`] : [])];
}

function nameOf({ position, stream, version, type, id, metadata }: RecordedEvent): string {
  return `position ${position}: version ${version} of ${stream} (${type}, ${metadata.at}, id ${id})`;
}
