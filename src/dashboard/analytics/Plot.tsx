import { useEffect, useRef, useState } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

interface PlotSeries {
  label: string;
  values: number[];
}

export interface PlotProps {
  /** The text alternative: what the plot shows, in a sentence. */
  summary: string;
  /** Seconds since 1970, or plain numbers. */
  x: number[];
  /** The time zone of the x axis; undefined if x is plain numbers. */
  timeZone?: string;
  xLabel: string;
  series: PlotSeries[];
  bars?: boolean;
}

/** In CSS pixels. */
const HEIGHT = 240;

const FONT = '12px system-ui';

/** The distances that ticks of the y axis may have: every y is a count, so 1, 2, 5, 10, 20, 50 and so on. */
const WHOLE = Array.from({ length: 13 }, (_, exponent) => [1, 2, 5].map((digit) => digit * 10 ** exponent)).flat();

const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 2 });

/** A plot on a canvas. The card's table has the same values. While nothing is pointed at, the legend shows the last values, or the highest bar. */
export function Plot({ summary, x, timeZone, xLabel, series, bars = false }: PlotProps) {
  const place = useRef<HTMLDivElement>(null);
  const isDark = useDarkColours();

  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const resting = bars ? highestIn(series[0]?.values ?? []) : x.length - 1;
    const plot = new uPlot(
      {
        width: element.clientWidth,
        height: HEIGHT,
        ...(timeZone && { tzDate: (seconds: number) => uPlot.tzDate(new Date(seconds * 1000), timeZone) }),
        hooks: { setLegend: [(shown) => showAtRest(shown, resting)] },
        scales: { x: { time: timeZone !== undefined }, y: { range: (_, __, max) => [0, Math.max(max, 1) * 1.05] } },
        axes: [
          axis(element, timeZone ? {} : { label: xLabel, labelFont: FONT }),
          axis(element, { size: 56, incrs: WHOLE, values: (_, ticks) => ticks.map((tick) => compact.format(tick)) }),
        ],
        series: [
          { label: xLabel, value: timeZone === undefined ? shownValue : shownTime(x, timeZone) },
          ...series.map(({ label }, index) => ({
            label,
            value: shownValue,
            ...line(colourOf(element, `--plot-${index + 1}`), bars),
          })),
        ],
      },
      [x, ...series.map(({ values }) => values)],
      element,
    );
    showAtRest(plot, resting);
    const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
    };
  }, [x, series, timeZone, xLabel, bars, isDark]);

  return <div ref={place} className="plot" role="img" aria-label={summary} />;
}

function shownValue(_: uPlot, value: number | null): string {
  return value === null || value === undefined ? '–' : value.toLocaleString('en', { maximumFractionDigits: 1 });
}

/** How the legend shows a time: as a day, if every interval begins with one. */
function shownTime(x: number[], timeZone: string): (_: uPlot, seconds: number | null) => string {
  const clock = new Intl.DateTimeFormat('en', { timeStyle: 'medium', hourCycle: 'h23', timeZone });
  const areDays = x.every((seconds) => clock.format(seconds * 1000) === '00:00:00');
  const shown = new Intl.DateTimeFormat('en', { dateStyle: 'medium', ...(!areDays && { timeStyle: 'short' }), timeZone });
  return (_, seconds) => (seconds === null || seconds === undefined ? '–' : shown.format(seconds * 1000));
}

/** The legend has no index while the pointer is elsewhere. */
function showAtRest(plot: uPlot, index: number): void {
  if (plot.legend.idx === null || plot.legend.idx === undefined) plot.setLegend({ idx: index }, false);
}

function highestIn(values: number[]): number {
  return values.indexOf(Math.max(...values));
}

function axis(element: Element, more: uPlot.Axis): uPlot.Axis {
  const stroke = colourOf(element, '--muted');
  const lines = { stroke: colourOf(element, '--line'), width: 1 };
  return { stroke, grid: lines, ticks: lines, font: FONT, ...more };
}

function line(stroke: string, bars: boolean): Partial<uPlot.Series> {
  const paths = bars ? uPlot.paths.bars?.({ size: [0.8, 48], align: 1 }) : undefined;
  return { stroke, width: bars ? 0 : 2, points: { show: false }, ...(paths && { paths, fill: stroke }) };
}

/** The present value of a custom property. A canvas does not resolve them itself. */
function colourOf(element: Element, property: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${property})`;
  element.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

function useDarkColours(): boolean {
  const [query] = useState(() => matchMedia('(prefers-color-scheme: dark)'));
  const [isDark, setDark] = useState(query.matches);
  useEffect(() => {
    const change = () => setDark(query.matches);
    query.addEventListener('change', change);
    return () => query.removeEventListener('change', change);
  }, [query]);
  return isDark;
}
