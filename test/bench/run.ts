import type { Bench, Findings } from './support/bench.js';

/** Each benchmark is loaded alone, so that a measurement of its memory contains nothing else. */
const BENCHES: Record<string, () => Promise<Bench>> = {
  analytics: async () => (await import('./analytics.js')).analytics,
  append: async () => (await import('./append.js')).append,
  audit: async () => (await import('./audit.js')).audit,
  create: async () => (await import('./create.js')).create,
  peers: async () => (await import('./peers.js')).peers,
  replay: async () => (await import('./replay.js')).replay,
  refused: async () => (await import('./refused.js')).refused,
  refusals: async () => (await import('./refusals.js')).refusals,
  verify: async () => (await import('./verify.js')).verify,
  year: async () => (await import('./year.js')).year,
  history: async () => (await import('./history.js')).history,
};

const [name = ''] = process.argv.slice(2);
const load = BENCHES[name];
if (load) {
  const bench = await load();
  print(name, await bench());
} else {
  process.stderr.write(`Which benchmark? npm run bench -- ${Object.keys(BENCHES).join(' | ')}\n`);
  process.exitCode = 2;
}

function print(bench: string, { figures, ratios, goals, notes = [] }: Findings): void {
  const lines = [
    ...Object.entries(figures).map(([name, value]) => row(name, value)),
    '',
    ...Object.entries(ratios).map(([name, value]) => row(name, value, verdict(value, goals[name]))),
    ...notes,
    JSON.stringify({ bench, figures: rounded(figures), ratios: rounded(ratios) }),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

function row(name: string, value: number, remark = ''): string {
  return `${name.padEnd(48)}${significant(value).toLocaleString('en', { maximumFractionDigits: 3 }).padStart(12)}  ${remark}`.trimEnd();
}

function verdict(value: number, goal: Findings['goals'][string] | undefined): string {
  if (!goal) return '';
  const [reached, text] =
    'atLeast' in goal ? [value >= goal.atLeast, `at least ${goal.atLeast}`] : [value <= goal.atMost, `at most ${goal.atMost}`];
  return `${text}: ${reached ? 'reached' : 'NOT REACHED'}`;
}

function rounded(values: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, significant(value)]));
}

function significant(value: number): number {
  return Number(value.toPrecision(4));
}
