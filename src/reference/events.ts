import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { SCHEMA_VERSIONS } from '../store/codec.js';
import { EVENT_SCHEMAS } from '../store/event-schemas.js';
import { CATEGORIES } from '../store/event-store.js';
import { block, code, page, pageHead, table } from './markdown.js';

const STREAMS = {
  apiKeys:
    'The history of keys: one stream for each account, `apiKeys-<account>`. Nothing is ever removed from it, and the transparency log covers it.',
  apiKeyUsage:
    'How keys are used: a stream for each day and writer, `apiKeyUsage-<day>-<writer>`, and the totals of past days in `apiKeyUsage-totals`. Streams that a total stands for are removed.',
  apiKeyReads:
    'Who read the history: one stream for each day and reader, `apiKeyReads-<day>-<reader>`, which are removed after `KEYLEDGER_READS_RETENTION`, and a record of each removal in `apiKeyReads-removed`, which is never removed.',
  apiKeyLog: 'Under which origins the log went on after events were lost for good: one stream, `apiKeyLog-origins`.',
};

/** The part of JSON Schema that the events need. */
const FIELD = z.object({
  description: z.string().optional(),
  form: z.string().optional(),
  type: z.string().optional(),
  const: z.string().optional(),
  enum: z.array(z.string()).optional(),
  pattern: z.string().optional(),
  format: z.string().optional(),
  minimum: z.number().optional(),
  exclusiveMinimum: z.number().optional(),
  maximum: z.number().optional(),
  get items() {
    return z.union([FIELD, z.literal(false)]).optional();
  },
  get prefixItems() {
    return z.array(FIELD).optional();
  },
  get properties() {
    return z.record(z.string(), FIELD).optional();
  },
  required: z.array(z.string()).optional(),
});
type Field = z.output<typeof FIELD>;

/** `docs/reference/events.md` */
export function eventsPage(root: string): string {
  const sections = CATEGORIES.flatMap((category) => [
    `## ${code(category)}`,
    STREAMS[category],
    ...EVENT_SCHEMAS[category].map((schema) => section(FIELD.parse(z.toJSONSchema(schema)), root)),
  ]);
  return page(
    pageHead(
      'Events',
      'Events are the only source of truth in Keyledger. They never change. This is log format 2; a log of format 1, from before the first release, is refused at the start.',
      'Every event has an `id` (a UUID), a `type`, a `schemaVersion` (the shape of its data, counted from 1 for each type), its `version` (its place in its stream, from 1), its `position` (its place in the whole log: ordered, with gaps), `data` and `metadata`. An event with an unknown `schemaVersion` is not interpreted: its account is in quarantine.',
      'Members are stored in canonical order (RFC 8785); older events may have another. A sample of every type and schema version is in [schema/events](../../schema/events).',
    ),
    '## Metadata',
    fieldsOf(FIELD.parse(z.toJSONSchema(EVENT_SCHEMAS.apiKeyReads[0].shape.metadata))),
    ...sections,
  );
}

function section({ properties, description }: Field, root: string): string {
  const type = properties?.type?.const ?? '';
  const version = Object.entries(SCHEMA_VERSIONS).find(([name]) => name === type)?.[1] ?? 0;
  const sample = readFileSync(join(root, `schema/events/${type}.${version}.json`), 'utf8');
  return page(
    `### ${code(type)}`,
    `${description ?? ''} Schema version ${version}.`,
    properties?.data ? fieldsOf(properties.data) : '',
    block('json', sample),
  ).trimEnd();
}

function fieldsOf({ properties = {}, required = [] }: Field): string {
  const rows = Object.entries(properties).map(([name, field]) => [
    code(name),
    formOf(field),
    required.includes(name) ? 'always' : 'optional',
    field.description ?? '',
  ]);
  return table(['Field', 'Form', 'Present', 'What it is'], rows);
}

function formOf(field: Field): string {
  if (field.enum) return field.enum.map(code).join(', ');
  if (field.form !== undefined) return field.form;
  if (field.prefixItems) return `[${field.prefixItems.map(formOf).join(', ')}]`;
  if (field.items) return `a list of ${formOf(field.items)}`;
  if (field.properties) return `an object with ${Object.keys(field.properties).map(code).join(', ')}`;
  if (field.type === 'integer') return integerOf(field);
  if (field.format === 'date') return 'a date: `2026-11-23`';
  return field.pattern === undefined ? 'a text' : `a text: ${code(field.pattern)}`;
}

function integerOf({ minimum, exclusiveMinimum, maximum }: Field): string {
  const least = minimum ?? (exclusiveMinimum === undefined ? undefined : exclusiveMinimum + 1);
  const bounds = [
    least === undefined ? '' : `from ${least}`,
    maximum === undefined || maximum === Number.MAX_SAFE_INTEGER ? '' : `to ${maximum}`,
  ];
  return ['a whole number', ...bounds.filter((bound) => bound !== '')].join(' ');
}
