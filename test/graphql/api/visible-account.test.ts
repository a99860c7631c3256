import type { Role, Viewer } from '../../../src/auth/viewer.js';
import { mayReadHistory, mayReadKeys, requireHistory } from '../../../src/graphql/api/visible-account.js';

const viewer = (...roles: Role[]): Viewer => {
  return { subject: 'eve', account: 'own', roles: new Set(roles), expiresAt: 0, acceptedUntil: 0 };
};

it.each<[roles: Role[], own: [keys: boolean, history: boolean], other: [keys: boolean, history: boolean]]>([
  [[], [false, false], [false, false]],
  [['owner'], [true, true], [false, false]],
  [['operator'], [true, false], [true, false]],
  [['auditor'], [true, true], [true, true]],
  [['analyst'], [false, false], [false, false]],
  [
    ['owner', 'operator'],
    [true, true],
    [true, false],
  ],
  [
    ['operator', 'analyst'],
    [true, false],
    [true, false],
  ],
  [
    ['operator', 'auditor'],
    [true, true],
    [true, true],
  ],
])('a viewer with the roles %j sees keys and history of its own account: %j, and of another: %j', (roles, own, other) => {
  const who = viewer(...roles);
  for (const [account, [keys, history]] of [
    ['own', own],
    ['other', other],
  ] as const) {
    expect([mayReadKeys(account, who), mayReadHistory(account, who)]).toEqual([keys, history]);
    const require = () => requireHistory(account, who);
    if (history) expect(require).not.toThrow();
    else expect(require).toThrow(expect.objectContaining({ extensions: { code: 'FORBIDDEN' } }));
  }
});
