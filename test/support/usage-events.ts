import {
  type Counted,
  type CountedQuarter,
  countsOf,
  type UsageEvent,
  type UsageTotalled,
} from '../../src/domain/usage/key-usage.js';
import { decodeUsage, encode } from '../../src/store/codec.js';
import type { EventStore, RecordedEvent } from '../../src/store/event-store.js';
import { countsStreamOf, TOTALS_STREAM, writerOf } from '../../src/store/streams.js';
import { collect } from './events.js';
import { at, START } from './specification.js';
import { eventsOf } from './store-doubles.js';

/** The day on which most of the specified events happen. */
export const FIRST_DAY = '2026-01-01';

export function used(uses: Counted[], quarters: CountedQuarter[] = [], day = FIRST_DAY): UsageEvent {
  return { type: 'KeysUsed', data: { day, uses, quarters } };
}

export function refused(refusals: Counted[], quarters: CountedQuarter[] = [], day = FIRST_DAY): UsageEvent {
  return { type: 'CreatesRefused', data: { day, refusals, quarters } };
}

export function closed(day = FIRST_DAY): UsageEvent {
  return { type: 'UsageClosed', data: { day } };
}

export function totalled(writers: string[], counts: Partial<UsageTotalled['data']> = {}, { day = FIRST_DAY } = {}): UsageEvent {
  const none = { uses: [], refusals: [], verifications: [], createsRefused: [] };
  return { type: 'UsageTotalled', data: { day, writers, ...none, ...counts } };
}

/** Appends the event to its stream. */
export async function recordUsage(store: EventStore, event: UsageEvent, writer = 'a'): Promise<void> {
  const stream = event.type === 'UsageTotalled' ? TOTALS_STREAM : countsStreamOf(event.data.day, writer);
  const version = (await eventsOf(store, stream)).length;
  await store.append(stream, version, [encode({ ...event, at: at(START), actor: 'system:usage' }, 'none')]);
}

/** The totals of usage events, by kind, day and name: how often, first and last. */
export type UsageSums = Record<string, [count: number, first: number, last: number]>;

interface Sum {
  /** Kind, day and name. */
  of: string;
  figures: [count: number, first: number, last: number];
}

/** Folds the events in the simplest way that their description allows, without any optimisation. */
export function sumUsage(events: RecordedEvent[]): UsageSums {
  const open = new Map<string, Sum>();
  const totals: Sum[] = [];
  for (const recorded of events) {
    const event = decodeUsage(recorded);
    for (const { of, figures } of sumsIn(event)) {
      if (event.type === 'UsageTotalled') {
        for (const writer of event.data.writers) open.delete(`${of} ${writer}`);
        totals.push({ of, figures });
      } else {
        open.set(`${of} ${writerOf(recorded.stream)}`, { of, figures });
      }
    }
  }
  const sums: UsageSums = {};
  for (const { of, figures } of [...totals, ...open.values()]) {
    const [count, first, last] = sums[of] ?? [0, Number.POSITIVE_INFINITY, 0];
    sums[of] = [count + figures[0], Math.min(first, figures[1]), Math.max(last, figures[2])];
  }
  return sums;
}

function sumsIn(event: UsageEvent): Sum[] {
  return countsOf(event).flatMap(([kind, counts]) =>
    counts.map(([name, ...figures]) => ({ of: `${kind} ${event.data.day} ${name}`, figures })),
  );
}

/** How often the key was used according to the log, on all days. */
export async function usesIn(store: EventStore, keyId: string): Promise<number> {
  const sums = Object.entries(sumUsage(await collect(store.readAll('apiKeyUsage'))));
  return sums.reduce((sum, [name, [count]]) => (/^uses \S+ (.*)$/.exec(name)?.[1] === keyId ? sum + count : sum), 0);
}
