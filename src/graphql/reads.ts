import type { RecordedRead } from '../projections/reads.js';
import { builder } from './builder.js';
import { noteRead } from './note-read.js';
import { pageOf, pageOfTime } from './page.js';

const Read = builder.objectRef<RecordedRead>('Read').implement({
  description:
    'That somebody read the history. Equal reads within a second are one record, and what is repeated within five minutes of it is one more.',
  fields: (t) => ({
    at: t.field({
      type: 'DateTime',
      description: 'When; the first, where there were several.',
      resolve: ({ at }) => new Date(at),
    }),
    actor: t.exposeString('actor', {
      description: 'Who: the subject of a token, or `local:…`, a user of the machine where a command was run.',
    }),
    what: t.exposeString('what', {
      description:
        'The field of this API that was used, such as `events` or `Account.history`, or the command: `export`, `export --usage`, `asof`.',
    }),
    filter: t.expose('filter', {
      type: 'JSON',
      description:
        'What was asked for: `account`, `keyId`, `type`, `actor`, `from`, `to`, `at`, as far as they were given. `?` stands for what can be none of these.',
    }),
    times: t.exposeInt('times', { description: 'How often.' }),
  }),
});

const ReadFilter = builder.inputType('ReadFilter', {
  description: 'Which reads: those that match everything that is given.',
  fields: (t) => ({
    actor: t.string({ required: false, description: 'By this subject.' }),
    from: t.field({
      type: 'DateTime',
      required: false,
      description: 'Since this instant, by the `at` of each read.',
    }),
    to: t.field({ type: 'DateTime', required: false, description: 'Before this instant, by the `at` of each read.' }),
  }),
});

builder.queryField('reads', (t) =>
  t.connection(
    {
      type: Read,
      nullable: true,
      description:
        'Who read the history; this is read too, and recorded. In the order of the records; with `from` or `to`, in the order of their times, and such a page takes no cursor of the other order. For auditors.',
      authScopes: { auditor: true },
      args: {
        filter: t.arg({ type: ReadFilter, required: false, description: 'Which reads; all where nothing is said.' }),
      },
      resolve: (_, { filter, ...args }, context) => {
        const { actor, from, to } = filter ?? {};
        const wanted = { actor: actor ?? undefined };
        const range = { from: from?.getTime(), to: to?.getTime() };
        noteRead(context, 'reads', { ...wanted, ...range });
        if (!from && !to) return pageOf(args, (page) => context.recordedReads.filled().page(wanted, page));
        return pageOfTime(args, (page) => context.recordedReads.filled().pageOfTime(wanted, range, page));
      },
    },
    { name: 'ReadConnection', description: 'Reads, page by page (GraphQL Cursor Connections Specification).' },
    { name: 'ReadEdge', description: 'A read and its cursor.' },
  ),
);
