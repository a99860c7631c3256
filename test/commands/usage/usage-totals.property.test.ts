import { join } from 'node:path';
import fc from 'fast-check';
import { DAY, dayOf } from '../../../src/domain/usage/key-usage.js';
import { OutcomeUnknown, StoreUnavailable } from '../../../src/store/event-store.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { temporaryDirectory } from '../../support/cleanup.js';
import { collect } from '../../support/events.js';
import { rounds } from '../../support/long.js';
import { id, START } from '../../support/specification.js';
import { LosingAnswers } from '../../support/store-doubles.js';
import { sumUsage } from '../../support/usage-events.js';
import { UsageProcess } from '../../support/usage-process.js';

const KEYS = ['a', 'b', 'c'].map(id);

/** By how many milliseconds the clock of each process is ahead. */
const AHEAD = [0, 7, 2 * DAY];

type Step =
  | { kind: 'use' | 'flush' | 'kill' | 'total'; process: number; key: number }
  | { kind: 'wait'; time: number }
  | { kind: 'totalAtOnce' }
  | { kind: 'loseAnswer'; written: boolean };

const ofProcess = fc.record({
  kind: fc.constantFrom<'use' | 'flush' | 'kill' | 'total'>('use', 'use', 'use', 'use', 'flush', 'flush', 'kill', 'total'),
  process: fc.nat(AHEAD.length - 1),
  key: fc.nat(KEYS.length - 1),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: ofProcess },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), time: fc.oneof(fc.nat(10_000), fc.nat(DAY), fc.constant(DAY)) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('totalAtOnce' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('loseAnswer' as const), written: fc.boolean() }) },
);

/** Processes over one log, and how often each key was used on each day, except uses that were lost when a process was killed. */
class UsageWorld {
  readonly store = new LosingAnswers(new SqliteEventStore(join(temporaryDirectory(), 'events.db')));
  readonly expected: Record<string, number> = {};
  processes: UsageProcess[];
  #waiting: string[][];
  #now = START;

  constructor() {
    this.processes = AHEAD.map((_, index) => this.#process(index));
    this.#waiting = AHEAD.map(() => []);
  }

  async perform(step: Step): Promise<void> {
    switch (step.kind) {
      case 'use':
        return this.#use(step.process, KEYS[step.key] ?? '');
      case 'flush':
        return this.flush(step.process);
      case 'kill':
        await this.#at(step.process).kill();
        this.#waiting[step.process] = [];
        this.processes[step.process] = this.#process(step.process);
        return;
      case 'total':
        return this.#at(step.process).totals.write();
      case 'totalAtOnce':
        await Promise.all(this.processes.map(({ totals }) => totals.write()));
        return;
      case 'wait':
        this.#now += step.time;
        return;
      case 'loseAnswer': {
        const error = step.written ? new OutcomeUnknown() : new StoreUnavailable();
        this.store.faults.push({ error, written: step.written });
        return;
      }
    }
  }

  async flush(index: number): Promise<void> {
    await this.#at(index).flush();
    for (const name of this.#waiting[index] ?? []) this.expected[name] = (this.expected[name] ?? 0) + 1;
    this.#waiting[index] = [];
  }

  async close(): Promise<void> {
    await Promise.all(this.processes.map((process) => process.kill()));
    await this.store.close();
  }

  #use(index: number, keyId: string): void {
    const at = this.#clock(index);
    this.#at(index).uses.record({ keyId, at });
    this.#waiting[index]?.push(`uses ${dayOf(at)} ${keyId}`);
  }

  #clock(index: number): number {
    return this.#now + (AHEAD[index] ?? 0);
  }

  #process(index: number): UsageProcess {
    return new UsageProcess({ store: this.store, clock: () => this.#clock(index) });
  }

  #at(index: number): UsageProcess {
    return this.processes[index] as UsageProcess;
  }
}

it('whatever processes write, total, lose and repeat, and however wrong their clocks are, every use that was written counts once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40, size: 'max' }), async (steps) => {
      const world = new UsageWorld();
      for (const step of steps) await world.perform(step);
      for (const index of AHEAD.keys()) await world.flush(index);
      for (const time of [0, DAY, DAY]) {
        await world.perform({ kind: 'wait', time });
        await world.perform({ kind: 'totalAtOnce' });
        const sums = Object.entries(sumUsage(await collect(world.store.readAll('apiKeyUsage'))));
        const uses = sums.filter(([name]) => name.startsWith('uses '));
        expect(Object.fromEntries(uses.map(([name, [count]]) => [name, count]))).toEqual(world.expected);
        const anew = new UsageProcess({ store: world.store, clock: () => START });
        const digests = await anew.digests();
        for (const process of world.processes) expect(await process.digests()).toEqual(digests);
        expect(await shownBy(anew)).toEqual(world.expected);
        await anew.kill();
      }
      await world.close();
    }),
    { numRuns: rounds(6, 40), endOnFailure: true },
  );
});

async function shownBy(process: UsageProcess): Promise<Record<string, number>> {
  const rows = (await process.figures()).usage_2 as { keyId: string; day: string; count: number }[];
  return Object.fromEntries(rows.map(({ keyId, day, count }) => [`uses ${day} ${keyId}`, count]));
}
