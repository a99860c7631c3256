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
import { activeKeys, type KeyCommand, keyIdIn, NO_KEYS, type PastKeyEvent, slots } from '../../../src/domain/keys/model.js';
import {
  AccountIsFrozen,
  AccountNotFound,
  KEY_LIMIT,
  KeyIsDisabled,
  KeyLimitReached,
  KeyNotFound,
} from '../../../src/domain/keys/refusals.js';
import { rounds } from '../../support/long.js';
import { at, material, START } from '../../support/specification.js';

interface Step {
  kind: 'create' | 'rotate' | 'delete' | 'rename' | 'disable' | 'enable' | 'revoke' | 'freeze' | 'thaw';
  /** The index of the key from the last: first of those that are held, then of all that were made. */
  target: number;
  elapsed: number;
  overlap: number;
  lifetime: number | undefined;
}

const KINDS: Step['kind'][] = [
  ...(['create', 'create', 'create', 'rotate', 'rotate', 'delete', 'rename'] as const),
  ...(['disable', 'disable', 'enable', 'enable', 'revoke', 'freeze', 'thaw', 'thaw'] as const),
];

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom(...KINDS),
  target: fc.nat(2),
  // Another process, with a clock that is ahead or behind, may run the command.
  elapsed: fc.oneof({ weight: 5, arbitrary: fc.integer({ min: 0, max: 5000 }) }, fc.constantFrom(-3000, 60_000, -60_000)),
  overlap: fc.constantFrom(0, 1, 5),
  lifetime: fc.option(fc.integer({ min: 1, max: 20_000 }), { nil: undefined }),
});

/** Of all lengths: by default most are so short that no key is enabled again. */
const steps = fc.array(step, { maxLength: 30, size: 'max' });

function commandFor({ kind, target, overlap, lifetime }: Step, made: string[], held: string[], now: number): KeyCommand {
  const keyId = [...made, ...held].at(-1 - target) ?? 'key_0000000000000000000000';
  const key = { ...material('a'), keyId: `key_${String(made.length + 1).padStart(22, '0')}` };
  if (kind === 'delete') return { type: 'DeleteKey', keyId, reason: 'REQUESTED' };
  if (kind === 'revoke') return { type: 'RevokeKeys' };
  if (kind === 'freeze') return { type: 'FreezeAccount' };
  if (kind === 'thaw') return { type: 'ThawAccount' };
  if (kind === 'rename') return { type: 'RenameKey', keyId, name: `name ${target}` };
  if (kind === 'disable') return { type: 'DisableKey', keyId };
  if (kind === 'enable') return { type: 'EnableKey', keyId };
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
  /** From when on it was disabled, and until when. */
  disabled: { from: number; until: number }[];
}

/** Plays the steps. Returns each key's life, and every change of the account's activity. */
function play(steps: Step[]) {
  let [now, state, activity] = [START, NO_KEYS, NO_ACTIVITY];
  const [lives, changes, expiries]: [Life[], Change[], ExpiryChange[]] = [[], [], []];
  const note = (event: PastKeyEvent) => {
    const keyId = keyIdIn(event) ?? '';
    const date = Date.parse(event.at);
    if (event.type === 'KeyCreated') lives.push({ keyId, created: date, ended: Number.POSITIVE_INFINITY, disabled: [] });
    const life = lives.find((life) => life.keyId === keyId);
    if (life) live(life, event, date);
  };
  for (const step of steps) {
    now += step.elapsed;
    const made = lives.map(({ keyId }) => keyId);
    const date = at(Math.max(now, state.at));
    for (const event of decideOrRefuse(state, commandFor(step, made, [...state.keys.keys()], now), now)) {
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

function live(life: Life, event: PastKeyEvent, date: number): void {
  const last = life.disabled.at(-1);
  if (event.type === 'KeyDisabled') life.disabled.push({ from: date, until: Number.POSITIVE_INFINITY });
  if (event.type === 'KeyEnabled' && last) last.until = date;
  if (event.type === 'KeyDeleted') life.ended = Math.min(life.ended, date);
  if (event.type !== 'KeyCreated' && event.type !== 'KeyExpirySet') return;
  const { expiresAt } = event.data;
  if (expiresAt !== undefined) life.ended = Math.min(life.ended, Math.max(Date.parse(expiresAt), date));
}

const REFUSALS = [KeyLimitReached, KeyNotFound, KeyIsDisabled, AccountIsFrozen, AccountNotFound];

function decideOrRefuse(...args: Parameters<typeof decide>) {
  try {
    return decide(...args);
  } catch (error) {
    if (REFUSALS.some((refusal) => error instanceof refusal)) return [];
    throw error;
  }
}

const DELETED: Figure[] = ['deletedRequested', 'deletedRotated', 'deletedExpired', 'deletedLeaked', 'deletedRevoked'];

it('sums up, at every instant, to the keys that lived then, as events are dated: an expiry needs no event', () => {
  fc.assert(
    fc.property(steps, (steps) => {
      const { lives, changes, activity, state } = play(steps);
      const sum = (figure: Figure, time: number) =>
        changes.filter((change) => change.figure === figure && change.at <= time).reduce((total, { by }) => total + by, 0);
      const dates = lives
        .flatMap(({ created, ended, disabled }) => [created, ended, ...disabled.flatMap(({ from, until }) => [from, until])])
        .filter(Number.isFinite);
      for (const time of dates.flatMap((date) => [date - 1, date, date + 1])) {
        const held = lives.filter(({ created, ended }) => created <= time && time < ended);
        const active = held.filter(({ disabled }) => !disabled.some(({ from, until }) => from <= time && time < until));
        expect([time, sum('activeChange', time)]).toEqual([time, active.length]);
        expect([time, sum('atLimitChange', time)]).toEqual([time, held.length === KEY_LIMIT ? 1 : 0]);
      }
      expect(activity.held.map(({ keyId }) => keyId)).toEqual([...state.keys.keys()]);
    }),
    { numRuns: rounds(100, 500) },
  );
});

it('knows the keys that are active at any present, whatever clock dated their events', () => {
  fc.assert(
    fc.property(steps, (steps) => {
      const { changes, expiries, activity, state } = play(steps);
      const total = (figure: Figure) =>
        changes.filter((change) => change.figure === figure).reduce((sum, { by }) => sum + by, 0);
      const enabled = total('created') - total('disabledChange') - DELETED.reduce((sum, figure) => sum + total(figure), 0);
      const presents = [START - 60_000, ...expiries.flatMap(({ at }) => [at - 1, at, at + 1]), START + 10 ** 9];
      for (const present of presents) {
        const expired = expiries.filter(({ at }) => at <= present).reduce((sum, { by }) => sum + by, 0);
        const active = activeKeys(state, present).length;
        expect([present, enabled - expired]).toEqual([present, active]);
        const { until = Number.POSITIVE_INFINITY } = limitSpanOf(activity.held) ?? { until: 0 };
        expect([present, present < until]).toEqual([present, slots(state, present).length === KEY_LIMIT]);
      }
    }),
    { numRuns: rounds(100, 500) },
  );
});
