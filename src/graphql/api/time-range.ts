import { rangeFault } from '../../shared/range-fault.js';
import { BadUserInput } from './errors.js';

interface Given {
  from?: Date | null | undefined;
  to?: Date | null | undefined;
}

/**
 * The times in milliseconds since 1970.
 * @param path the place of `from` and `to` among the arguments
 * @throws BadUserInput if `from` is not before `to`
 */
export function toTimeRange({ from, to }: Given, ...path: string[]): { from: number | undefined; to: number | undefined } {
  const range = { from: from?.getTime(), to: to?.getTime() };
  const fault = rangeFault(range, path.map((name) => `${name}.`).join(''));
  if (fault !== undefined) throw new BadUserInput(fault, [...path, 'from']);
  return range;
}
