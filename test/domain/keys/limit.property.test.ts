import fc from 'fast-check';
import { decide, evolve } from '../../../src/domain/keys/decide.js';
import {
  activeKeys,
  type KeyCommand,
  type KeyEvent,
  NO_KEYS,
  type PastKeyEvent,
  slots,
} from '../../../src/domain/keys/model.js';
import {
  AccountIsFrozen,
  AccountNotFound,
  IdempotencyKeyUsed,
  KeyAlreadyCreated,
  KeyIsDisabled,
  KeyLimitReached,
  KeyNotFound,
} from '../../../src/domain/keys/refusals.js';
import { rounds } from '../../support/long.js';
import { at, material, START } from '../../support/specification.js';

interface Step {
  kind: 'create' | 'rotate' | 'delete' | 'rename' | 'disable' | 'enable' | 'revoke' | 'freeze' | 'thaw';
  /** The index of the affected key. */
  target: number;
  /** How far the clock moves, in milliseconds; it may jump back. */
  elapsed: number;
  overlap: number;
  lifetime: number | undefined;
  request: number;
  /** True if the process restarts first: the state is folded from the stream again. */
  restart: boolean;
}

const KINDS: Step['kind'][] = [
  ...(['create', 'create', 'create', 'create', 'rotate', 'rotate', 'delete'] as const),
  ...(['rename', 'disable', 'enable', 'revoke', 'freeze', 'thaw', 'thaw'] as const),
];

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom(...KINDS),
  target: fc.nat(8),
  elapsed: fc.integer({ min: -5000, max: 20_000 }),
  overlap: fc.constantFrom(0, 1, 10, 3600),
  lifetime: fc.option(fc.integer({ min: 1, max: 30_000 }), { nil: undefined }),
  request: fc.nat(20),
  restart: fc.boolean(),
});

let issued = 0;

function commandFor({ kind, target, overlap, lifetime, request }: Step, made: string[], now: number): KeyCommand {
  const keyId = made[target % Math.max(1, made.length)] ?? 'key_0000000000000000000000';
  if (kind === 'delete') return { type: 'DeleteKey', keyId, reason: 'REQUESTED' };
  if (kind === 'revoke') return { type: 'RevokeKeys', keyIds: target % 2 === 0 ? undefined : [keyId] };
  if (kind === 'freeze') return { type: 'FreezeAccount' };
  if (kind === 'thaw') return { type: 'ThawAccount' };
  const change = { keyId, idempotencyKey: `change ${request}` };
  if (kind === 'rename') return { type: 'RenameKey', name: `name ${target}`, ...change };
  if (kind === 'disable') return { type: 'DisableKey', ...change };
  if (kind === 'enable') return { type: 'EnableKey', ...change };
  issued += 1;
  const key = { ...material('a'), keyId: `key_${String(issued).padStart(22, '0')}` };
  const idempotencyKey = `request ${request}`;
  if (kind === 'rotate') return { type: 'RotateKey', keyId, key, overlap, idempotencyKey };
  const expiresAt = lifetime === undefined ? undefined : at(now + lifetime);
  return { type: 'CreateKey', key, name: 'name', scopes: [], expiresAt, idempotencyKey };
}

function decideOrRefuse(...args: Parameters<typeof decide>): KeyEvent[] {
  try {
    return decide(...args);
  } catch (error) {
    const refusals = [
      KeyLimitReached,
      KeyNotFound,
      KeyAlreadyCreated,
      KeyIsDisabled,
      IdempotencyKeyUsed,
      AccountIsFrozen,
      AccountNotFound,
    ];
    if (refusals.some((refusal) => error instanceof refusal)) return [];
    throw error;
  }
}

/** Runs the steps as the service would, and returns the resulting stream. */
function run(steps: Step[]): PastKeyEvent[] {
  const stream: PastKeyEvent[] = [];
  const made: string[] = [];
  let state = NO_KEYS;
  let clock = START;
  for (const next of steps) {
    clock += next.elapsed;
    if (next.restart) state = stream.reduce(evolve, NO_KEYS);
    const now = Math.max(clock, state.at);
    for (const event of decideOrRefuse(state, commandFor(next, made, now), now)) {
      const past = { ...event, version: stream.length + 1, at: at(now), actor: 'owner' };
      stream.push(past);
      if (event.type === 'KeyCreated') made.push(event.data.keyId);
      state = evolve(state, past);
    }
  }
  return stream;
}

it('never holds more than two keys in any prefix of any stream, folded without a clock', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
      let state = NO_KEYS;
      for (const event of run(steps)) {
        state = evolve(state, event);
        expect(state.keys.size).toBeLessThanOrEqual(2);
        expect(activeKeys(state, state.at).length).toBeLessThanOrEqual(slots(state, state.at).length);
      }
    }),
    { numRuns: rounds(200, 1000) },
  );
});

it('makes one key for an idempotency key, ever; brings no deleted key back; never runs back in time', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
      const stream = run(steps);
      const created = stream.filter((event) => event.type === 'KeyCreated').map(({ data }) => data);
      const ended = stream.filter((event) => event.type === 'KeyDeleted').map(({ data }) => data.keyId);
      expect(new Set(created.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(created.length);
      expect(new Set(created.map(({ keyId }) => keyId)).size).toBe(created.length);
      expect(new Set(ended).size).toBe(ended.length);
      expect(stream.map((event) => event.at)).toEqual(stream.map((event) => event.at).sort());
    }),
    { numRuns: rounds(100, 500) },
  );
});

it('lets an overlap or an expiry only shorten the life of a key', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40, size: 'max' }), (steps) => {
      const ends = new Map<string, string | undefined>();
      for (const event of run(steps)) {
        if (event.type === 'KeyCreated') ends.set(event.data.keyId, event.data.expiresAt);
        if (event.type !== 'KeyExpirySet') continue;
        const { keyId, expiresAt } = event.data;
        expect(expiresAt <= (ends.get(keyId) ?? '9999')).toBe(true);
        ends.set(keyId, expiresAt);
      }
    }),
    { numRuns: rounds(100, 500) },
  );
});

it('frees a slot only by an expiry or a deletion: no create succeeds because a key is disabled, and none in a frozen account', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
      let state = NO_KEYS;
      for (const event of run(steps)) {
        const before = slots(state, Date.parse(event.at)).length;
        state = evolve(state, event);
        const after = slots(state, Date.parse(event.at)).length;
        if (event.type === 'KeyDisabled' || event.type === 'KeyEnabled' || event.type === 'KeyRenamed')
          expect(after).toBe(before);
        if (event.type === 'KeyCreated') expect(before).toBeLessThan(2);
        if (event.type === 'KeyCreated' || event.type === 'KeyEnabled') expect(state.frozenAt).toBeUndefined();
      }
    }),
    { numRuns: rounds(100, 500) },
  );
});
