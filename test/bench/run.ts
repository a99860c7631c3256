import { BENCHES } from './benches.js';
import { type Findings, judge, shown, significant } from './support/bench.js';
import { publish } from './support/publish.js';

const [name = '', ...names] = process.argv.slice(2);
const bench = BENCHES[name];
const listed = Object.keys(BENCHES).join(' | ');
const all = Object.keys(BENCHES).filter((name) => !BENCHES[name]?.onlyByName);

if (bench) {
  const findings = rounded(await (await bench.load())());
  print(name, findings);
  process.send?.(findings);
} else if (name === 'all' && names.every((other) => other in BENCHES)) {
  process.exitCode = (await publish(names.length > 0 ? names : all)) ? 0 : 1;
} else {
  process.stderr.write(`Which benchmark? npm run bench -- ${listed} | all [NAME…]\n`);
  process.exitCode = 2;
}

function print(name: string, findings: Findings): void {
  const { figures, ratios, goals, notes = [] } = findings;
  const lines = [
    ...Object.entries(figures).map(([figure, value]) => row(figure, value)),
    '',
    ...Object.entries(ratios).map(([ratio, value]) => row(ratio, value, verdict(value, goals[ratio]))),
    ...notes,
    JSON.stringify({ bench: name, ...findings }),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

function row(name: string, value: number, remark = ''): string {
  return `${name.padEnd(48)}${shown(value).padStart(12)}  ${remark}`.trimEnd();
}

function verdict(value: number, goal: Findings['goals'][string] | undefined): string {
  if (!goal) return '';
  const { asked, reached } = judge(value, goal);
  return `${asked}: ${reached ? 'reached' : 'NOT REACHED'}`;
}

function rounded({ figures, ratios, ...rest }: Findings): Findings {
  const round = (values: Record<string, number>) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, significant(value)]));
  return { figures: round(figures), ratios: round(ratios), ...rest };
}
