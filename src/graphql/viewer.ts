import type { Viewer as Asking, Role } from '../auth/viewer.js';
import { builder } from './builder.js';

const RoleType = builder.enumType('Role', {
  description: 'What a token allows.',
  values: {
    OWNER: { description: 'To see and change the keys of its own account, and to see its history.' },
    AUDITOR: { description: "To see everyone's keys and history, and who read it; to change nothing." },
    ANALYST: { description: 'To see analytics alone, without names.' },
  } as const,
});

const NAMES = { owner: 'OWNER', auditor: 'AUDITOR', analyst: 'ANALYST' } as const satisfies Record<Role, string>;

const Viewer = builder.objectRef<Asking>('Viewer').implement({
  description: 'Who asks, as the token says it.',
  fields: (t) => ({
    subject: t.exposeString('subject', { description: 'The subject of the token, as the log keeps it of every change.' }),
    accountId: t.string({
      nullable: true,
      description: 'The account that the token names; null where it names none.',
      resolve: ({ account }) => account,
    }),
    roles: t.field({
      type: [RoleType],
      description: 'What the token allows; where it names none of these roles, nothing but this.',
      resolve: ({ roles }) => [...roles].map((role) => NAMES[role]),
    }),
    expiresAt: t.field({
      type: 'DateTime',
      description: 'When the token ends.',
      resolve: ({ expiresAt }) => new Date(expiresAt),
    }),
  }),
});

builder.queryField('viewer', (t) =>
  t.field({
    type: Viewer,
    nullable: true,
    description: 'Who asks. For anyone with a token, whatever its roles.',
    resolve: (_root, _args, { viewer }) => viewer,
  }),
);
