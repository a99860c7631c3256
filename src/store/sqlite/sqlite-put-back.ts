import { openUnlocked } from '../../shared/until-unlocked.js';
import { LogSealed, type RecordedEvent } from '../event-store.js';
import { storedText } from '../stored-json.js';
import { categoryOf } from '../streams.js';
import { openLog } from './sqlite-file.js';
import { isSealed } from './sqlite-seal.js';

/** The start of the reason why an event cannot be put back if another has its place. */
export const REPLACED = 'another event stands at its';

/** The result of putting lost events back. */
export interface PutBack {
  /** How many events are in the log again. */
  put: number;
  /** How many of them have another position than before. */
  moved: number;
  refused: { event: RecordedEvent; reason: string }[];
}

/**
 * Puts lost events back into the log with their ids, versions, times and positions, in one transaction. Skips events that are there. If a
 * position was taken since, that event and all later ones go to the end of the log, so that their order stays the same.
 * @param events in the log's order
 * @param end the position of the last of these events that the log still holds
 * @param onWait called if another process has the log locked for longer than a moment
 * @throws LogSealed if the log was moved to another store
 * @throws FileLocked
 */
export async function putBackInSqlite(
  file: string,
  events: Iterable<RecordedEvent>,
  end: number,
  onWait?: () => void,
): Promise<PutBack> {
  const log = await openUnlocked(file, () => openLog(file), onWait);
  try {
    const idAt = log.prepare<[number], string>('SELECT id FROM events WHERE position = ?').pluck();
    const idOf = log.prepare<[string, number], string>('SELECT id FROM events WHERE stream = ? AND version = ?').pluck();
    const insert = log.prepare(
      `INSERT INTO events (position, category, stream, version, id, type, schemaVersion, data, metadata)
       VALUES (@position, @category, @stream, @version, @id, @type, @schemaVersion, @data, @metadata)`,
    );
    const result: PutBack = { put: 0, moved: 0, refused: [] };
    const broken = new Set<string>();
    const whyNot = ({ stream, version, position }: RecordedEvent): string | undefined => {
      if (broken.has(stream)) return 'an event before it in its stream could not be put back';
      if (idOf.get(stream, version) !== undefined) return `${REPLACED} version`;
      if (version > 1 && idOf.get(stream, version - 1) === undefined) return 'the event before it in its stream is missing';
      return position <= end && idAt.get(position) !== undefined ? `${REPLACED} position` : undefined;
    };
    const put = (event: RecordedEvent) => {
      if (idOf.get(event.stream, event.version) === event.id) return;
      const reason = whyNot(event);
      if (reason !== undefined) {
        result.refused.push({ event, reason });
        broken.add(event.stream);
        return;
      }
      const moves = event.position > end && (result.moved > 0 || idAt.get(event.position) !== undefined);
      insert.run({ ...rowOf(event), stream: event.stream, version: event.version, position: moves ? null : event.position });
      result.put += 1;
      if (moves) result.moved += 1;
    };
    const putAll = log.transaction(() => {
      for (const event of events) put(event);
    });
    await openUnlocked(file, () => putAll.immediate(), onWait);
    return result;
  } catch (cause) {
    throw isSealed(cause) ? new LogSealed({ cause }) : cause;
  } finally {
    log.close();
  }
}

function rowOf(event: RecordedEvent) {
  const { id, type, schemaVersion, stream } = event;
  return { category: categoryOf(stream), id, type, schemaVersion, ...storedText(event) };
}
