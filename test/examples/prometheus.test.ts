import { readFileSync } from 'node:fs';
import { buildSchema } from 'graphql';
import { parse } from 'yaml';
import { scrape } from '../support/exposition.js';
import { openWorld } from '../support/world.js';

const RULES = parse(readFileSync(new URL('../../examples/prometheus/keyledger.rules.yaml', import.meta.url), 'utf8')) as {
  groups: { rules: { alert: string; expr: string; annotations: { summary: string } }[] }[];
};
const rules = RULES.groups.flatMap((group) => group.rules);

/** Metrics that Prometheus itself adds for a target. */
const ITS_OWN = ['up'];

/** The metric names in an expression, each with the labels that it is selected by. */
function metricsIn(expr: string): { name: string; labels: string[] }[] {
  return [...expr.matchAll(/\b(up|keyledger_\w+)(?:\{([^}]*)\})?/g)].map(([, name = '', selector = '']) => ({
    name,
    labels: [...selector.matchAll(/(\w+)=~?"/g)].map(([, label = '']) => label),
  }));
}

it('rules are about metrics that a server has, and select by labels that these have', async () => {
  const world = await openWorld();
  const reference = readFileSync(new URL('../../docs/reference/metrics.md', import.meta.url), 'utf8');
  const exposition = await (await fetch(`${world.url}/metrics`)).text();
  for (const { alert, expr } of rules) {
    for (const { name, labels } of metricsIn(expr)) {
      if (ITS_OWN.includes(name)) continue;
      const metric = name.replace(/_(?:bucket|sum|count)$/, '');
      const [, columns = ''] = new RegExp(`^\\| \`${metric}\` \\|(.*)$`, 'm').exec(reference) ?? [];
      expect({
        alert,
        metric,
        isServed: exposition.includes(`# TYPE ${metric} `),
        labels: labels.filter((label) => !columns.includes(`\`${label}\``)),
      }).toEqual({
        alert,
        metric,
        isServed: true,
        labels: [],
      });
    }
  }
});

/** Prometheus sees no increase in a series that begins with 1. */
it('counters whose first increase a rule watches for begin with 0, for every mutation', async () => {
  const samples = (await scrape(await openWorld())).flatMap((family) => family.samples);
  const watched = rules.flatMap(({ expr }) => [...expr.matchAll(/\bincrease\((\w+)\{(\w+)="(\w+)"\}/g)]);
  const series = watched.flatMap(([, name = '', label = '', value]) =>
    samples.filter((sample) => sample.name === name && sample.labels[label] === value),
  );
  expect(series.filter(({ value }) => value !== 0)).toEqual([]);
  expect(new Set(series.map(({ name }) => name))).toEqual(new Set(watched.map(([, name]) => name)));
  const schema = buildSchema(readFileSync(new URL('../../schema/schema.graphql', import.meta.url), 'utf8'));
  const mutations = Object.keys(schema.getMutationType()?.getFields() ?? {});
  expect(series.flatMap(({ labels }) => labels.mutation ?? []).sort()).toEqual([...mutations, 'reportLeak'].sort());
});

it('every rule says in a sentence what is wrong', () => {
  expect(rules.length).toBeGreaterThan(5);
  for (const { alert, annotations } of rules) {
    expect(alert).toMatch(/^Keyledger[A-Z]\w+$/);
    expect(annotations.summary).toMatch(/^[A-Z{].*\.$/);
  }
});
