import { join } from 'node:path';
import Database from '../../src/shared/sqlite.js';
import { nested } from './nested.js';

/** The faults that an account's second event can have in a log on SQLite. */
export const FAULTS: Record<string, string> = {
  'an event that is missing': 'DELETE FROM events',
  'torn data': 'UPDATE events SET data = substr(data, 1, 20)',
  'torn metadata': 'UPDATE events SET metadata = substr(metadata, 1, 20)',
  'data that is a list': "UPDATE events SET data = '[]'",
  'data that is nested too deeply': `UPDATE events SET data = replace(data, '{', '{"a":${nested(10_000)},')`,
  'metadata that is nested too deeply': `UPDATE events SET metadata = replace(metadata, '{', '{"a":${nested(10_000)},')`,
  'metadata of another shape': 'UPDATE events SET metadata = \'{"by": "hand"}\'',
  'an unknown schema version': 'UPDATE events SET schemaVersion = 99',
  'an unknown type': "UPDATE events SET type = 'KeyMoved'",
  'a field of another type': "UPDATE events SET data = json_set(data, '$.keyId', 1)",
};

/**
 * Applies that fault to the account's event of that version.
 * @returns a function that undoes it
 */
export function damage(directory: string, account: string, version: number, fault: string): () => void {
  const change = FAULTS[fault];
  if (change === undefined) throw new Error(`There is no fault of that name: ${fault}`);
  const log = new Database(join(directory, 'events.db'));
  const place = [`apiKeys-${account}`, version];
  const event = log.prepare<unknown[], object>('SELECT * FROM events WHERE stream = ? AND version = ?').get(...place);
  if (!event) throw new Error('There is no such event.');
  log.prepare(`${change} WHERE stream = ? AND version = ?`).run(...place);
  log.close();
  return () => {
    const log = new Database(join(directory, 'events.db'));
    const names = Object.keys(event);
    log.prepare(`REPLACE INTO events (${names.join()}) VALUES (${names.map((name) => `@${name}`).join()})`).run(event);
    log.close();
  };
}
