import { resolveCursorConnection } from '@pothos/plugin-relay';
import type { Page } from '../projections/page.js';
import { PAGE } from './cost.js';
import { BadUserInput } from './errors.js';

export interface PageArguments {
  first?: number | null | undefined;
  last?: number | null | undefined;
  after?: string | null | undefined;
  before?: string | null | undefined;
}

/** A page of what `select` finds, in commit order; a cursor is a position. */
export function pageOf<T extends { position: number }>(args: PageArguments, select: (page: Page) => T[]) {
  return resolveCursorConnection<T[]>(
    { ...PAGE, args, toCursor: ({ position }) => toCursor(position) },
    ({ after, before, limit, inverted }) =>
      select({ after: fromCursor(after, 'after'), before: fromCursor(before, 'before'), limit, backward: inverted }),
  );
}

/** The cursor of what stands at that position. */
export function toCursor(position: number): string {
  return Buffer.from(`position:${position}`).toString('base64url');
}

/**
 * The position that a cursor stands for.
 * @throws BadUserInput
 */
export function fromCursor(cursor: string | undefined, argument: string): number | undefined {
  if (cursor === undefined) return undefined;
  const [, position] = /^position:(\d{1,16})$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (position === undefined) throw new BadUserInput(`${argument} must be a cursor that an earlier answer gave`, [argument]);
  return Number(position);
}
