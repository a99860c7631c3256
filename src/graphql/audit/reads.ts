import type { RecordedRead } from '../../projections/audit/reads.js';
import { builder } from '../api/builder.js';
import { pageOf, pageOfTime } from '../api/page.js';
import { recordRead } from '../api/record-read.js';
import { toTimeRange } from '../api/time-range.js';

const Read = builder.objectRef<RecordedRead>('Read').implement({
  description:
    'A record that somebody read the history. Equal reads within a second are one record. Repetitions within five minutes after it are one more record.',
  fields: (t) => ({
    at: t.field({
      type: 'DateTime',
      description: 'When it was read. If the record stands for several reads, the time of the first one.',
      resolve: ({ at }) => new Date(at),
    }),
    actor: t.exposeString('actor', {
      description: 'Who read: the subject of a token, or `local:…` with the user of the operating system who ran a command.',
    }),
    what: t.exposeString('what', {
      description:
        'The field of this API that was used, such as `events` or `Account.history`, or the command: `export`, `export --usage`, `asof`.',
    }),
    filter: t.expose('filter', {
      type: 'JSON',
      description:
        'What was asked for: `account`, `keyId`, `type`, `actor`, `from`, `to` and `at`, as far as they were given. `type` is the name of the type of events, such as `KeyDeleted`. `?` stands for a text that is not a valid value.',
    }),
    times: t.exposeInt('times', { description: 'How many reads the record stands for.' }),
  }),
});

const ReadFilter = builder.inputType('ReadFilter', {
  description: 'Which reads to give. A read must match everything that you give.',
  fields: (t) => ({
    actor: t.string({ required: false, description: 'Who read, exactly as in `actor`.' }),
    from: t.field({
      type: 'DateTime',
      required: false,
      description: 'The earliest `at` of a read, included.',
    }),
    to: t.field({
      type: 'DateTime',
      required: false,
      description: 'The latest `at` of a read, excluded. It must be after `from`.',
    }),
  }),
});

builder.queryField('reads', (t) =>
  t.connection(
    {
      type: Read,
      nullable: true,
      description:
        'Who read the history. For auditors. Asking is a read, too, and is recorded. Reads come in the order of the records. With `from` or `to` they come in the order of `at`; a cursor of the other order is refused with `BAD_USER_INPUT`.',
      authScopes: { auditor: true },
      args: {
        filter: t.arg({ type: ReadFilter, required: false, description: 'Which reads to give. The default is all.' }),
      },
      resolve: (_, { filter, ...args }, context) => {
        const { actor, from, to } = filter ?? {};
        const wanted = { actor: actor ?? undefined };
        const range = toTimeRange({ from, to }, 'filter');
        recordRead(context, 'reads', { ...wanted, ...range });
        if (!from && !to) return pageOf(args, (page) => context.recordedReads.filled().page(wanted, page));
        return pageOfTime(args, (page) => context.recordedReads.filled().pageOfTime(wanted, range, page));
      },
    },
    {
      name: 'ReadConnection',
      description: 'A page of reads (GraphQL Cursor Connections Specification).',
      fields: (t) => ({
        removedBefore: t.field({
          type: 'DateTime',
          nullable: true,
          description:
            'Records from before this time were removed because they were older than `KEYLEDGER_READS_RETENTION`. Null if none was ever removed. Any other missing record was removed by hand.',
          resolve: (_parent, _args, context) => {
            const { before } = context.recordedReads.filled().removals();
            return before === undefined ? null : new Date(before);
          },
        }),
        removedRecords: t.int({
          nullable: true,
          description: 'How many records were removed for that reason, since the log began.',
          resolve: (_parent, _args, context) => context.recordedReads.filled().removals().records,
        }),
      }),
    },
    { name: 'ReadEdge', description: 'A read, and its cursor.' },
  ),
);
