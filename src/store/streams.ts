import type { Timestamp } from '../domain/keys/model.js';
import type { Category } from './event-store.js';

/** The stream for an account's or a reader's events of a category. */
export function streamOf(category: Category, name: string): string {
  return `${category}-${name}`;
}

/** The category that a stream belongs to. */
export function categoryOf(stream: string): string {
  return stream.slice(0, stream.indexOf('-'));
}

/** The stream for a reader's reads on the day of that time. A day's streams are removed as a whole. */
export function readsStreamOf(at: Timestamp, reader: string): string {
  return streamOf('apiKeyReads', `${at.slice(0, 10)}-${reader}`);
}

/** The permanent stream that records which reads were removed. */
export const REMOVED_READS_STREAM = streamOf('apiKeyReads', 'removed');

/** The stream with the usage totals of all days. */
export const TOTALS_STREAM = streamOf('apiKeyUsage', 'totals');

/** The stream for one writer's counts of a day, such as `2026-11-23`. A process may be several writers. */
export function countsStreamOf(day: string, writer: string): string {
  return streamOf('apiKeyUsage', `${day}-${writer}`);
}

/** The writer that a stream of counts belongs to. */
export function writerOf(stream: string): string {
  return stream.slice(stream.lastIndexOf('-') + 1);
}

/** The account that a stream belongs to. */
export function accountOf(stream: string): string {
  return stream.slice(stream.indexOf('-') + 1);
}
