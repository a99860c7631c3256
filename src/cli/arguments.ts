// What commander calls with the text of an option. Each throws InvalidArgumentError, which says what the text must be.

import { availableParallelism } from 'node:os';
import { InvalidArgumentError } from 'commander';
import { z } from 'zod';
import { IDENTIFIER } from '../domain/keys/identifier.js';
import { faultOfNote } from '../domain/keys/note.js';
import { parseDuration } from '../shared/duration.js';
import { FIRST_INSTANT, LAST_INSTANT } from '../shared/instants.js';

/** A date and time with a time zone (RFC 3339), or a date, which means its start in UTC. */
const INSTANT = z.union([z.iso.datetime({ offset: true }), z.iso.date()]);

/** A year, in seconds. */
const LONGEST_TTL = 365 * 24 * 60 * 60;

/** `auto` means one worker for each core. */
export function workerCount(value: string): number {
  if (value === 'auto') return availableParallelism();
  if (!/^[1-9]\d{0,2}$/.test(value)) throw new InvalidArgumentError('It must be a whole number from 1 to 999, or `auto`.');
  return Number(value);
}

/** A number from 1 on. */
export function wholeNumber(greatest: number) {
  return (value: string): number => {
    if (/^[1-9]\d{0,6}$/.test(value) && Number(value) <= greatest) return Number(value);
    throw new InvalidArgumentError(`It must be a whole number from 1 to ${greatest}.`);
  };
}

/** The id of an account or a subject. */
export function identifier(value: string): string {
  if (!IDENTIFIER.test(value)) throw new InvalidArgumentError(`It must match ${IDENTIFIER.source}.`);
  return value;
}

/** Milliseconds since 1970. */
export function instant(value: string): number {
  const time = Date.parse(INSTANT.safeParse(value).data ?? '');
  if (!(time >= FIRST_INSTANT && time <= LAST_INSTANT))
    throw new InvalidArgumentError('It must look like 2026-11-23T18:00:00Z (RFC 3339) or 2026-11-23.');
  return time;
}

/** An operator's note. */
export function note(value: string): string {
  const fault = faultOfNote(value);
  if (fault !== undefined) throw new InvalidArgumentError(`It ${fault}.`);
  return value;
}

/** The lifetime of a token, in seconds. */
export function ttl(value: string): number {
  const seconds = (parseDuration(value) ?? 0) / 1000;
  if (seconds < 1 || seconds > LONGEST_TTL) {
    throw new InvalidArgumentError('It must be a duration from 1s to 365d, such as 1h.');
  }
  return Math.round(seconds);
}
