import type { Viewer as Asking, Role } from '../../auth/viewer.js';
import { builder } from './builder.js';

const RoleType = builder.enumType('Role', {
  description: 'What a token allows its holder to do.',
  values: {
    OWNER: { description: 'Owners see and change the keys of their own account, and see its history.' },
    OPERATOR: {
      description: 'Operators see the keys of every account, and can end them. They see no history and no analytics.',
    },
    AUDITOR: { description: 'Auditors see the keys and the history of every account, and who read it. They change nothing.' },
    ANALYST: { description: 'Analysts see analytics under pseudonyms, and nothing else.' },
  } as const,
});

const NAMES = { owner: 'OWNER', operator: 'OPERATOR', auditor: 'AUDITOR', analyst: 'ANALYST' } as const satisfies Record<
  Role,
  string
>;

const Viewer = builder.objectRef<Asking>('Viewer').implement({
  description: 'Who asks, by the token of the request.',
  fields: (t) => ({
    subject: t.exposeString('subject', {
      description: 'The subject of the token. The log keeps it as the `actor` of every change.',
    }),
    accountId: t.string({
      nullable: true,
      description: 'The id of the account that the token names. Null if it names none.',
      resolve: ({ account }) => account,
    }),
    roles: t.field({
      type: [RoleType],
      description: 'The roles of the token. With none of them, `viewer` is all that you can read.',
      resolve: ({ roles }) => [...roles].map((role) => NAMES[role]),
    }),
    expiresAt: t.field({
      type: 'DateTime',
      description: 'When the token expires.',
      resolve: ({ expiresAt }) => new Date(expiresAt),
    }),
  }),
});

builder.queryField('viewer', (t) =>
  t.field({
    type: Viewer,
    nullable: true,
    description: 'Who asks: your own subject, account and roles.',
    resolve: (_root, _args, { viewer }) => viewer,
  }),
);
