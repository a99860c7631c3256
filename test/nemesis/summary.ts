import { BUILD_INFO } from '../../src/shared/build-info.js';
import type { Call } from './history.js';

export interface Run {
  calls: readonly Call[];
  /** How often each fault happened. */
  faults: Record<string, number>;
  /** How long it took after each round until every process answered changes again, in milliseconds. */
  recoveries: readonly number[];
  minutes: number;
  accounts: number;
  /** The version of EventStoreDB. */
  server: string;
  /** How often its nodes ended by themselves. */
  ends: number;
}

/** What a run has done, in Markdown. */
export function summaryOf({ calls, faults, recoveries, minutes, accounts, server, ends }: Run): string {
  const sorted = recoveries.toSorted((a, b) => a - b);
  const seconds = (milliseconds = 0) => `${(milliseconds / 1000).toFixed(1)} s`;
  const date = new Date().toLocaleDateString('en-US', { dateStyle: 'long', timeZone: 'UTC' });
  const commit = BUILD_INFO.commit.slice(0, 7);
  return `
| fault | how often |
| --- | ---: |
${rows(faults)}

| call | answer | how often |
| --- | --- | ---: |
${rows(countOf(calls.map(({ kind, outcome }) => `${kind} | ${outcome}`)))}

${minutes} minutes of faults in ${recoveries.length} rounds, ${accounts} accounts, EventStoreDB ${server}, Node ${process.version}, commit \`${commit}\`, ${date}.
After a round, every process answered changes again within ${seconds(sorted[Math.floor(sorted.length / 2)])} (median) and ${seconds(sorted.at(-1))} (longest).
Nodes ended by themselves ${ends} times and were started again.
`;
}

function countOf(names: string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

function rows(counts: Record<string, number>): string {
  return Object.entries(counts)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, count]) => `| ${name} | ${count.toLocaleString('en')} |`)
    .join('\n');
}
