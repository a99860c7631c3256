import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
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

it('every rule says in a sentence what is wrong', () => {
  expect(rules.length).toBeGreaterThan(5);
  for (const { alert, annotations } of rules) {
    expect(alert).toMatch(/^Keyledger[A-Z]\w+$/);
    expect(annotations.summary).toMatch(/^[A-Z{].*\.$/);
  }
});
