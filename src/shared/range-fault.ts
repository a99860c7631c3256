/**
 * What is wrong with a range of times that cannot hold anything: `from` is included, and `to` is not. Undefined if nothing is wrong. The
 * times are in milliseconds since 1970.
 * @param prefix what stands before `from` and `to` where they were given
 */
export function rangeFault(range: { from?: number | undefined; to?: number | undefined }, prefix = ''): string | undefined {
  const { from, to } = range;
  if (from === undefined || to === undefined || from < to) return undefined;
  const [start, end] = [from, to].map((time) => new Date(time).toISOString());
  return `${prefix}from (${start}) must be before ${prefix}to (${end})`;
}
