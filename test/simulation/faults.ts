import type { Random } from './random.js';

/** Faults that last for a while, and then happen to calls by chance. */
export const WEATHERS = [
  'append fails before the write',
  'answer of an append is lost',
  'request of an append is lost',
  'append is written late',
  'answers are late',
  'read fails',
  'follower is dropped',
  'notifications are late',
  'notifications come twice',
  'events become visible late',
  'store cannot be reached',
  'crash between write and answer',
] as const;

/** Faults that happen once, at an instant. */
export const INCIDENTS = [
  'crash',
  'power cut',
  'projections are lost',
  'projections are old',
  'restart',
  'process stands still',
  'clock jumps',
  'clock drifts',
  'projection stands still',
  'disk is full',
] as const;

export type WeatherKind = (typeof WEATHERS)[number];
export type IncidentKind = (typeof INCIDENTS)[number];
export type FaultKind = WeatherKind | IncidentKind;

/** Instants and durations are in milliseconds. */
export interface Weather {
  kind: WeatherKind;
  at: number;
  lasts: number;
  /** How likely it happens to a call. */
  chance: number;
  /** The number of the process that it happens to. */
  process: number;
}

export interface Incident {
  kind: IncidentKind;
  at: number;
  lasts: number;
  process: number;
  /** By how much the clock jumps, in milliseconds, or drifts, in milliseconds a second. */
  by: number;
}

/** How often each fault has had an effect. */
export type FaultCounts = Map<FaultKind, number>;

/** Decides which calls are disturbed, and counts them. */
export class Faults {
  readonly counts: FaultCounts = new Map();
  readonly #random: Random;
  readonly #now: () => number;
  readonly #weathers: Weather[] = [];
  #areOver = false;

  constructor(random: Random, now: () => number) {
    this.#random = random;
    this.#now = now;
  }

  begin(weather: Weather): void {
    this.#weathers.push(weather);
  }

  /** From now on, nothing is disturbed. */
  end(): void {
    this.#areOver = true;
  }

  /** True if that fault happens to this call of the process, and has its effect at once. */
  hits(kind: WeatherKind, process: number): boolean {
    const isHit = this.isDue(kind, process);
    if (isHit) this.count(kind);
    return isHit;
  }

  /** True if that fault is to happen to this call of the process. The caller counts it when it has its effect. */
  isDue(kind: WeatherKind, process: number): boolean {
    if (this.#areOver || this.#weathers.length === 0) return false;
    const now = this.#now();
    const weather = this.#weathers.find((one) => {
      return one.kind === kind && one.process === process && one.at <= now && now < one.at + one.lasts;
    });
    return weather !== undefined && this.#random.chance(weather.chance);
  }

  count(kind: FaultKind): void {
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
  }
}
