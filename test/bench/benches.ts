import type { Bench } from './support/bench.js';

interface Named {
  /** One sentence for the reference. */
  about: string;
  /** Each benchmark is loaded alone, so that a measurement of its memory contains nothing else. */
  load: () => Promise<Bench>;
  /** True: `all` runs it only if its name is given, because it takes too long. */
  onlyByName?: boolean;
}

/** Every benchmark, in the order in which all are run. */
export const BENCHES: Record<string, Named> = {
  verify: {
    about: 'A verification against its minimum, in process and over HTTP, with few keys and with many.',
    load: async () => (await import('./verify.js')).verify,
  },
  create: {
    about: 'A mutation over HTTP against one that does nothing, and our server against the barest one.',
    load: async () => (await import('./create.js')).create,
  },
  profile: {
    about:
      'What the main thread spends on each verification of `verify`, mutation of `create` and event of `replay`, in microseconds, by package, by folder of ours and by part of the runtime.',
    load: async () => (await import('./profile.js')).profile,
  },
  peers: {
    about: 'Keyledger against better-auth, which holds API keys too, and Emmett, which has event-sourced commands too.',
    load: async () => (await import('./peers.js')).peers,
  },
  append: {
    about: 'A durable append against its minimum, and against other stores.',
    load: async () => (await import('./append.js')).append,
  },
  import: {
    about:
      'A log that `keyledger import` moves to EventStoreDB, in appends a second, against its bare client that appends one event after another.',
    load: async () => (await import('./import.js')).importing,
  },
  history: {
    about: 'A create on an account with 100,000 past events, against one on an account without any.',
    load: async () => (await import('./history.js')).history,
  },
  replay: {
    about: 'Filling the keys projection from event zero, against reading and parsing the events.',
    load: async () => (await import('./replay.js')).replay,
  },
  analytics: {
    about: 'Filling all projections, and a year of analytics against DuckDB over the same events.',
    load: async () => (await import('./analytics.js')).analytics,
  },
  questions: {
    about: 'Verifications while an analyst asks about 1,000,000 keys, against verifications while nobody asks.',
    load: async () => (await import('./questions.js')).questions,
  },
  audit: {
    about: 'The Merkle tree against plain SHA-256, pages of the history, and `verify-log`.',
    load: async () => (await import('./audit.js')).audit,
  },
  year: {
    about: 'A year of 1,000 busy keys: 364 days that are totalled, and one with all its records.',
    load: async () => (await import('./year.js')).year,
  },
  rebuild: {
    about: 'Verifications over HTTP, 5,000 a second, while every projection is filled anew from 1,000,000 events.',
    load: async () => (await import('./rebuild.js')).rebuild,
  },
  turns: {
    about:
      'The longest time for which the server’s own work holds its event loop, under mixed load while every projection is filled anew from 1,000,000 events. The time that its main thread uses between two looks counts, so neither `fsync` nor other programs do, and garbage collection is subtracted.',
    load: async () => (await import('./turns.js')).turns,
  },
  feeds: {
    about: 'For how long a new event holds the event loop while 10,000 other accounts have a live feed open.',
    load: async () => (await import('./feeds.js')).feeds,
  },
  hostile: {
    about:
      'Verifications over HTTP, 1,000 a second over 64 connections, beside hostile clients of each kind, against the same verifications alone. The time of an answer counts from the moment at which its request was due. All of it runs on one machine, so the hostile clients also take their share of its processors.',
    load: async () => (await import('./hostile.js')).hostile,
  },
  refused: {
    about: 'For how long another process still accepts a key after its deletion was acknowledged.',
    load: async () => (await import('./refused.js')).refused,
  },
  dashboard: {
    about:
      'A first visit to each page of the dashboard, with an empty cache, as the browser’s own performance API tells it. A long task holds the page for 50 milliseconds or more.',
    load: async () => (await import('./dashboard.js')).dashboard,
  },
  idle: {
    about: 'How much of a core an idle server uses.',
    load: async () => (await import('./idle.js')).idle,
  },
  scale: {
    about:
      'What a Keyledger with 1,000,000 keys takes, two on each account, and how much it does. Filling begins with the start of the process.',
    load: async () => (await import('./scale.js')).scale,
  },
  scale10M: {
    about: 'The same as `scale`, with 10,000,000 keys on 5,000,000 accounts. `all` runs it only if it is named.',
    load: async () => (await import('./scale.js')).scale10M,
    onlyByName: true,
  },
  refusals: {
    about: 'Whether the duration of a refusal reveals its reason.',
    load: async () => (await import('./refusals.js')).refusals,
  },
  timing: {
    about:
      'Whether the duration of a verification reveals how much of a wrong secret is right: dudect’s test (Reparaz, Balasch and Verbauwhede, 2017), in process. A value is the largest |t| of Welch’s test over 100 croppings of the longest durations; above 4.5 the durations of the two classes differ. `…Leaking` is a control: it compares character by character before it verifies.',
    load: async () => (await import('./timing.js')).timing,
  },
};
