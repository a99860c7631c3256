import { Kind, type ValueNode } from 'graphql';
import { z } from 'zod';
import { FIRST_INSTANT, LAST_INSTANT } from '../../shared/instants.js';
import { builder } from './builder.js';
import { BadUserInput } from './errors.js';

const rfc3339 = z.iso.datetime({ offset: true });

builder.scalarType('DateTime', {
  description:
    'An instant in RFC 3339, with its offset from UTC: `2026-11-23T18:00:00Z` or `2026-11-23T20:00:00+02:00`. Answers are in UTC with milliseconds. Years are from 0000 to 9999.',
  serialize: (value) => value.toISOString(),
  parseValue: (value) => parse(value),
  parseLiteral: (node) => parse(node.kind === Kind.STRING ? node.value : undefined, node),
});

/** The year must have four digits in UTC too, because the log stores times in UTC. */
function parse(value: unknown, node?: ValueNode): Date {
  const date = new Date(rfc3339.safeParse(value).data ?? Number.NaN);
  if (date.getTime() >= FIRST_INSTANT && date.getTime() <= LAST_INSTANT) return date;
  throw new BadUserInput('A DateTime is a string such as "2026-11-23T18:00:00Z" (RFC 3339).', undefined, node);
}
