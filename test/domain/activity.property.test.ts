import fc from 'fast-check';
import { type AccountActivity, type Change, evolveActivity, type Figure, NO_ACTIVITY } from '../../src/domain/activity.js';
import { type AccountKeys, activeKeys, decide, evolve, type KeyCommand, NO_KEYS } from '../../src/domain/keys.js';
import { KEY_LIMIT, KeyLimitReached, KeyNotFound } from '../../src/domain/refusals.js';
import { at, material, START } from '../support/specification.js';

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
  elapsed: fc.integer({ min: 0, max: 5000 }),
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

interface Moment {
  time: number;
  state: AccountKeys;
}

/** Plays the steps: the account as the guard knows it after each event, and every change that its activity tells. */
function play(steps: Step[]): { moments: Moment[]; changes: Change[]; activity: AccountActivity } {
  let [now, state, activity] = [START, NO_KEYS, NO_ACTIVITY];
  const [moments, changes, made]: [Moment[], Change[], string[]] = [[], [], []];
  for (const step of steps) {
    now += step.elapsed;
    for (const event of decideOrRefuse(state, commandFor(step, made, now), now)) {
      const past = { ...event, version: state.version + 1, at: at(now), actor: 'owner' };
      if (event.type === 'KeyCreated') made.push(event.data.keyId);
      state = evolve(state, past);
      const evolved = evolveActivity(activity, past);
      activity = evolved.next;
      changes.push(...evolved.changes);
    }
    moments.push({ time: now, state });
  }
  return { moments, changes, activity };
}

function decideOrRefuse(...args: Parameters<typeof decide>) {
  try {
    return decide(...args);
  } catch (error) {
    if (error instanceof KeyLimitReached || error instanceof KeyNotFound) return [];
    throw error;
  }
}

it('sums up, at every instant, to what a fold with a clock counts: an expiry needs no event', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const { moments, changes, activity } = play(steps);
      const sum = (figure: Figure, time: number) =>
        changes.filter((change) => change.figure === figure && change.at <= time).reduce((total, { by }) => total + by, 0);
      const instants = [...moments.map(({ time }) => time), ...changes.flatMap(({ at }) => [at - 1, at, at + 1])];
      for (const time of instants) {
        const state = moments.findLast((moment) => moment.time <= time)?.state ?? NO_KEYS;
        const active = activeKeys(state, time).length;
        expect([time, sum('activeChange', time)]).toEqual([time, active]);
        expect([time, sum('atLimitChange', time)]).toEqual([time, active === KEY_LIMIT ? 1 : 0]);
      }
      expect(activity.held.map(({ keyId }) => keyId)).toEqual([...(moments.at(-1)?.state.keys.keys() ?? [])]);
    }),
  );
});
