/** A metric as Prometheus reads it. */
export interface MetricFamily {
  name: string;
  type: string;
  help: string;
  samples: Sample[];
}

interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

const COMMENT = /^# (HELP|TYPE) ([a-zA-Z_:][\w:]*) (.*)$/;
const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (-?[\d.e+-]+|[+-]Inf|NaN|Nan)$/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/y;

/** Parses Prometheus' text format 0.0.4 strictly. Malformed lines, samples without their metric and repeated series are errors. */
export function parseExposition(text: string): MetricFamily[] {
  if (!text.endsWith('\n')) throw new Error('The last line must end with a line feed.');
  const families = new Map<string, MetricFamily>();
  for (const line of text.split('\n').filter((line) => line !== '')) {
    const [, kind, name = '', rest = ''] = COMMENT.exec(line) ?? [];
    if (kind === 'HELP') families.set(name, { name, type: 'untyped', help: rest, samples: [] });
    else if (kind === 'TYPE') Object.assign(families.get(name) ?? {}, { type: rest });
    else familyOf(parseSample(line), families).samples.push(parseSample(line));
  }
  return [...families.values()].map(withoutRepeats);
}

/** The value of the only sample with that name and (possibly among others) these labels; 0 if there is none. */
export function valueIn(families: MetricFamily[], name: string, labels: Record<string, string> = {}): number {
  const samples = families
    .flatMap((family) => family.samples)
    .filter((sample) => sample.name === name && Object.entries(labels).every(([key, value]) => sample.labels[key] === value));
  if (samples.length > 1) throw new Error(`Several samples of ${name} with ${JSON.stringify(labels)}.`);
  return samples[0]?.value ?? 0;
}

/** The metrics of a Keyledger at `/metrics`. */
export async function scrape({ url }: { url: string }): Promise<MetricFamily[]> {
  const response = await fetch(`${url}/metrics`);
  if (response.status !== 200) throw new Error(`/metrics answered ${response.status}.`);
  return parseExposition(await response.text());
}

function familyOf({ name }: Sample, families: Map<string, MetricFamily>): MetricFamily {
  const family = families.get(name) ?? families.get(name.replace(/_(bucket|sum|count)$/, ''));
  if (!family) throw new Error(`It belongs to no metric: ${name}`);
  return family;
}

function withoutRepeats(family: MetricFamily): MetricFamily {
  const series = family.samples.map(({ name, labels }) => JSON.stringify([name, Object.entries(labels).sort()]));
  if (new Set(series).size < series.length) throw new Error(`A series of ${family.name} comes twice.`);
  return family;
}

function parseSample(line: string): Sample {
  const [, name, labels = '', value] = SAMPLE.exec(line) ?? [];
  if (name === undefined) throw new Error(`Not a sample: ${line}`);
  return { name, labels: parseLabels(labels), value: Number(value?.replace('Inf', 'Infinity')) };
}

function parseLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  for (LABEL.lastIndex = 0; LABEL.lastIndex < text.length; ) {
    const [, name = '', value = ''] = LABEL.exec(text) ?? [];
    if (name === '' || name in labels) throw new Error(`Not a list of labels: ${text}`);
    labels[name] = value;
  }
  return labels;
}
