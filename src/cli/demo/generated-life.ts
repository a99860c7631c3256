import { DAY } from '../../domain/usage/key-usage.js';

const HOUR = DAY / 24;

/** Generates pseudorandom numbers from 0 (inclusive) to 1 (exclusive). The same seed gives the same numbers (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** How an account of the demo uses its keys. */
export interface Habits {
  /** The day on which it joins, from 0. */
  joins: number;
  /** How many keys it wants. */
  wants: 1 | 2;
  /** After how many days it rotates a key; infinity means never. */
  rotatesAfter: number;
  /** How long the old key then still works, in seconds. */
  overlap: number;
  /** After how many days its keys expire; undefined means never. */
  lifetime: number | undefined;
  /** How often each of its keys is used on a working day. */
  uses: number;
}

/** A key of the demo. */
export interface DemoKey {
  keyId: string;
  /** Milliseconds since 1970. */
  createdAt: number;
  expiresAt: number | undefined;
  /** Another key has replaced it. */
  replaced?: boolean;
  disabled?: boolean;
}

export type Deed = 'create' | 'createAgain' | 'rotate' | 'delete' | 'leak' | 'disable' | 'enable';

/** Something that happens on a day. */
export interface Happening {
  /** Milliseconds since 1970. */
  at: number;
  deed: Deed | { uses: number };
  keyId?: string | undefined;
}

/** Some accounts exist from the start. The others join later, more and more of them. */
export function habits(random: () => number, days: number): Habits {
  const careful = random() < 0.5;
  const wants = random() < 0.35 ? 2 : 1;
  return {
    joins: random() < 0.2 ? 0 : Math.floor(days * Math.sqrt(random())),
    wants,
    rotatesAfter: careful ? 30 + 60 * random() : random() < 0.5 ? 150 + 100 * random() : Number.POSITIVE_INFINITY,
    overlap: careful && wants === 1 ? Math.ceil((DAY / 1000) * (1 + 6 * random())) : 0,
    lifetime: random() < 0.2 ? [30, 90, 180][Math.floor(3 * random())] : undefined,
    uses: Math.ceil(2 * 200 ** random()),
  };
}

/** What an account does on the day that begins at that instant, with the keys that it holds then, in chronological order. */
export function happenings(own: Habits, keys: readonly DemoKey[], dayStart: number, random: () => number): Happening[] {
  const dayOfWeek = new Date(dayStart).getUTCDay();
  const working = dayOfWeek !== 0 && dayOfWeek !== 6;
  const active = keys.filter(({ expiresAt }) => expiresAt === undefined || expiresAt > dayStart);
  const deeds = working || random() < 0.1 ? deedsOf(own, active, dayStart, random) : [];
  const uses = active.flatMap(({ keyId }) => usesOf(own.uses * (working ? 1 : 0.3), keyId, dayStart, random));
  return [...deeds, ...uses].sort((a, b) => a.at - b.at);
}

function deedsOf(own: Habits, active: readonly DemoKey[], dayStart: number, random: () => number): Happening[] {
  const at = () => dayStart + 7 * HOUR + Math.floor(11 * HOUR * random());
  const current = active.filter(({ replaced }) => !replaced);
  const disabled = active.find((key) => key.disabled);
  const due = current.find(({ createdAt, disabled }) => !disabled && dayStart - createdAt > own.rotatesAfter * DAY);
  const any = current[Math.floor(current.length * random())];
  if (current.length < own.wants && active.length < 2 && random() < 0.6) return [{ at: at(), deed: 'create' }];
  if (disabled && random() < 0.5) return [{ at: at(), deed: 'enable', keyId: disabled.keyId }];
  if (due && random() < 0.5) return [{ at: at(), deed: 'rotate', keyId: due.keyId }];
  if (active.length === 2 && random() < 0.012) return insistence(at(), random);
  if (any && random() < 0.003) return [{ at: at(), deed: 'delete', keyId: any.keyId }];
  if (any && random() < 0.001) return [{ at: at(), deed: 'leak', keyId: any.keyId }];
  if (any && random() < 0.002) return [{ at: at(), deed: 'disable', keyId: any.keyId }];
  return [];
}

/** A refused account usually tries again. */
function insistence(at: number, random: () => number): Happening[] {
  return Array.from({ length: 1 + Math.floor(5 * random()) }, (_, index) => ({ at: at + 20_000 * index, deed: 'createAgain' }));
}

/** Programs run once or twice a day. */
function usesOf(uses: number, keyId: string, dayStart: number, random: () => number): Happening[] {
  return Array.from({ length: random() < 0.4 ? 2 : 1 }, () => {
    const at = dayStart + Math.floor(DAY * random());
    return { at, deed: { uses: Math.floor(uses * 2 * random()) }, keyId };
  }).filter(({ deed }) => deed.uses > 0);
}
