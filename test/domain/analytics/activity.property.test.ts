import fc from 'fast-check';
import {
  type Change,
  type ExpiryChange,
  evolveActivity,
  type Figure,
  limitSpanOf,
  NO_ACTIVITY,
} from '../../../src/domain/analytics/activity.js';
import { decide, evolve } from '../../../src/domain/keys/decide.js';
import { activeKeys, type KeyCommand, NO_KEYS, type PastKeyEvent } from '../../../src/domain/keys/model.js';
import { KEY_LIMIT, KeyLimitReached, KeyNotFound } from '../../../src/domain/keys/refusals.js';
import { at, material, START } from '../../support/specification.js';

interface Step {
  kind: 'create' | 'rotate' | 'delete';
  target: number;
  elapsed: number;
  overlap: number;
  lifetime: number | undefined;
}

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom('create', 'create', 'rotate', 'delete'),
  target: fc.nat(2),
  // Another process, with a clock that is ahead or behind, may run the command.
  elapsed: fc.oneof({ weight: 5, arbitrary: fc.integer({ min: 0, max: 5000 }) }, fc.constantFrom(-3000, 60_000, -60_000)),
  overlap: fc.constantFrom(0, 1, 5),
  lifetime: fc.option(fc.integer({ min: 1, max: 20_000 }), { nil: undefined }),
});

function commandFor({ kind, target, overlap, lifetime }: Step, made: string[], now: number): KeyCommand {
  const keyId = made.at(-1 - target) ?? 'key_0000000000000000000000';
  const key = { ...material('a'), keyId: `key_${String(made.length + 1).padStart(22, '0')}` };
  if (kind === 'delete') return { type: 'DeleteKey', keyId, reason: 'REQUESTED' };
  if (kind === 'rotate') return { type: 'RotateKey', keyId, key, overlap };
  return {
    type: 'CreateKey',
    key,
    name: 'name',
    scopes: [],
    expiresAt: lifetime === undefined ? undefined : at(now + lifetime),
  };
}

/** A key's life, as its events are dated: nothing ends before the event that says so. */
interface Life {
  keyId: string;
  created: number;
  ended: number;
}

/** Plays the steps. Returns each key's life, and every change of the account's activity. */
function play(steps: Step[]) {
  let [now, state, activity] = [START, NO_KEYS, NO_ACTIVITY];
  const [lives, changes, expiries]: [Life[], Change[], ExpiryChange[]] = [[], [], []];
  const note = (event: PastKeyEvent) => {
    const { keyId } = event.data;
    const date = Date.parse(event.at);
    const expiresAt = event.type === 'KeyDeleted' ? event.at : event.data.expiresAt;
    const end = expiresAt === undefined ? Number.POSITIVE_INFINITY : Math.max(Date.parse(expiresAt), date);
    const life = lives.find((life) => life.keyId === keyId);
    if (life) life.ended = Math.min(life.ended, end);
    else lives.push({ keyId, created: date, ended: end });
  };
  for (const step of steps) {
    now += step.elapsed;
    const made = lives.map(({ keyId }) => keyId);
    const date = at(Math.max(now, state.at));
    for (const event of decideOrRefuse(state, commandFor(step, made, now), now)) {
      const past = { ...event, version: state.version + 1, at: date, actor: 'owner' };
      note(past);
      state = evolve(state, past);
      const evolved = evolveActivity(activity, past);
      activity = evolved.next;
      changes.push(...evolved.changes);
      expiries.push(...evolved.expiries);
    }
  }
  return { lives, changes, expiries, activity, state };
}

function decideOrRefuse(...args: Parameters<typeof decide>) {
  try {
    return decide(...args);
  } catch (error) {
    if (error instanceof KeyLimitReached || error instanceof KeyNotFound) return [];
    throw error;
  }
}

const DELETED: Figure[] = ['deletedRequested', 'deletedRotated', 'deletedExpired', 'deletedLeaked'];

it('sums up, at every instant, to the keys that lived then, as events are dated: an expiry needs no event', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const { lives, changes, activity, state } = play(steps);
      const sum = (figure: Figure, time: number) =>
        changes.filter((change) => change.figure === figure && change.at <= time).reduce((total, { by }) => total + by, 0);
      const dates = lives.flatMap(({ created, ended }) => [created, ended]).filter(Number.isFinite);
      for (const time of dates.flatMap((date) => [date - 1, date, date + 1])) {
        const active = lives.filter(({ created, ended }) => created <= time && time < ended);
        expect([time, sum('activeChange', time)]).toEqual([time, active.length]);
        expect([time, sum('atLimitChange', time)]).toEqual([time, active.length === KEY_LIMIT ? 1 : 0]);
      }
      expect(activity.held.map(({ keyId }) => keyId)).toEqual([...state.keys.keys()]);
    }),
    { numRuns: 500 },
  );
});

it('knows the keys that are active at any present, whatever clock dated their events', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const { changes, expiries, activity, state } = play(steps);
      const total = (figure: Figure) =>
        changes.filter((change) => change.figure === figure).reduce((sum, { by }) => sum + by, 0);
      const held = total('created') - DELETED.reduce((sum, figure) => sum + total(figure), 0);
      const presents = [START - 60_000, ...expiries.flatMap(({ at }) => [at - 1, at, at + 1]), START + 10 ** 9];
      for (const present of presents) {
        const expired = expiries.filter(({ at }) => at <= present).reduce((sum, { by }) => sum + by, 0);
        const active = activeKeys(state, present).length;
        expect([present, held - expired]).toEqual([present, active]);
        const { until = Number.POSITIVE_INFINITY } = limitSpanOf(activity.held) ?? { until: 0 };
        expect([present, present < until]).toEqual([present, active === KEY_LIMIT]);
      }
    }),
    { numRuns: 500 },
  );
});
