import { Kind } from 'graphql';
import { z } from 'zod';
import { builder } from './builder.js';
import { BadUserInput } from './errors.js';

const rfc3339 = z.iso.datetime({ offset: true });

builder.scalarType('DateTime', {
  description: 'A moment, as RFC 3339 writes it: `2026-11-23T18:00:00Z`. Answers are in UTC with milliseconds.',
  serialize: (value) => value.toISOString(),
  parseValue: parse,
  parseLiteral: (node) => parse(node.kind === Kind.STRING ? node.value : undefined),
});

function parse(value: unknown): Date {
  const parsed = rfc3339.safeParse(value);
  if (!parsed.success) throw new BadUserInput('A DateTime is a string such as "2026-11-23T18:00:00Z" (RFC 3339).');
  return new Date(parsed.data);
}
