import type { SoakResult } from './result.js';
import type { Sample, Series } from './samples.js';

/** A panel of the plot: its title and its lines. */
interface Panel {
  title: string;
  lines: Partial<Record<Series, string>>;
}

const PANELS: Panel[] = [
  { title: 'Memory, MiB', lines: { residentMemory: 'resident', heapUsed: 'heap' } },
  { title: 'Open file descriptors', lines: { openFiles: 'open' } },
  {
    title: 'Write-ahead logs, MiB',
    lines: { walEvents: 'events', walKeys: 'keys', walProjections: 'projections', walAnalytics: 'analytics' },
  },
  { title: 'Delay of the event loop in 5 seconds, ms', lines: { loopDelayP99: 'p99', loopDelayMax: 'longest' } },
];

/** Colours that people with any colour vision tell apart (Okabe and Ito). */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7'];

/** In pixels. */
const SIZE = { width: 900, left: 60, right: 20, panel: 130, gap: 46, top: 20, legend: 22 };
const INNER = SIZE.width - SIZE.left - SIZE.right;

/** Draws the samples of a run over its time, with a vertical line for each step. */
export function plotOf({ samples, steps, minutes }: SoakResult): string {
  const x = (seconds: number) => SIZE.left + (INNER * seconds) / (60 * minutes);
  const bottom = SIZE.top + PANELS.length * (SIZE.panel + SIZE.gap);
  const height = bottom + SIZE.legend * Math.ceil(steps.length / 2) + 10;
  const body = [
    ...steps.map(({ from }, index) => mark(x(from), SIZE.top, bottom - SIZE.gap, index + 1)),
    ...PANELS.flatMap((panel, index) => drawn(panel, samples, x, SIZE.top + index * (SIZE.panel + SIZE.gap))),
    ...[0, 0.25, 0.5, 0.75, 1].map((part) =>
      text(SIZE.left + part * INNER, bottom - SIZE.gap + 16, `${rounded(part * minutes)} min`, 'middle'),
    ),
    ...steps.map(({ what }, index) =>
      text(SIZE.left + (index % 2) * (INNER / 2), legendAt(bottom, index), `${index + 1}: ${what}`),
    ),
  ];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIZE.width} ${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="${SIZE.width}" height="${height}" fill="#fff"/>`,
    ...body,
    '</svg>\n',
  ].join('\n');
}

function drawn({ title, lines }: Panel, samples: Sample[], x: (seconds: number) => number, top: number): string[] {
  const series = Object.keys(lines) as Series[];
  const most = Math.max(...samples.flatMap((sample) => series.map((name) => sample[name] ?? 0)), 1e-3);
  const y = (value: number) => top + SIZE.panel * (1 - value / most);
  return [
    `<rect x="${SIZE.left}" y="${top}" width="${INNER}" height="${SIZE.panel}" fill="none" stroke="#999"/>`,
    text(SIZE.left, top - 6, title),
    text(SIZE.left - 6, top + 10, String(rounded(most)), 'end'),
    text(SIZE.left - 6, top + SIZE.panel, '0', 'end'),
    ...series.flatMap((name, index) => {
      const colour = COLOURS[index] ?? '#000';
      const label = text(
        SIZE.width - SIZE.right - 90 * (series.length - index - 1),
        top - 6,
        lines[name] ?? name,
        'end',
        colour,
      );
      return [...(series.length > 1 ? [label] : []), path(samples, name, x, y, colour)];
    }),
  ];
}

/** A line that is broken where a value is missing. */
function path(
  samples: Sample[],
  name: Series,
  x: (seconds: number) => number,
  y: (value: number) => number,
  colour: string,
): string {
  let isBroken = true;
  const points = samples.map(({ seconds, [name]: value }) => {
    if (value === undefined) {
      isBroken = true;
      return '';
    }
    const command = isBroken ? 'M' : 'L';
    isBroken = false;
    return `${command}${x(seconds).toFixed(1)} ${y(value).toFixed(1)}`;
  });
  return `<path d="${points.join('')}" fill="none" stroke="${colour}" stroke-width="1.5"/>`;
}

function mark(x: number, top: number, bottom: number, number: number): string {
  const line = `<path d="M${x.toFixed(1)} ${top}V${bottom}" stroke="#999" stroke-dasharray="3 3"/>`;
  return line + text(x + 3, top + 12, String(number), 'start', '#666');
}

function legendAt(bottom: number, index: number): number {
  return bottom + SIZE.legend * Math.floor(index / 2) + 6;
}

function text(x: number, y: number, content: string, anchor = 'start', colour = '#222'): string {
  return `<text x="${x.toFixed(1)}" y="${y}" text-anchor="${anchor}" fill="${colour}">${content}</text>`;
}

function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
