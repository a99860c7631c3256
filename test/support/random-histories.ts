import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { LIMITS } from '../../src/graphql/api/limits.js';
import type { Client } from './client.js';
import { ShadowLedger } from './shadow-ledger.js';
import { at } from './specification.js';
import { openWorld } from './world.js';

/** Before any real present, so that tokens are valid however far the clock is moved. */
export const START = Date.parse('2020-01-01T00:00:00.000Z');
export const FAR_FUTURE = Date.parse('9999-12-31T23:59:59.999Z');
const ACCOUNTS = 3;
const HOUR = 3_600_000;

export interface Step {
  kind: 'create' | 'rotate' | 'delete' | 'rename' | 'disable' | 'enable' | 'revoke' | 'freeze' | 'thaw';
  account: number;
  /** The index of the affected key, including deleted ones. */
  target: number;
  /** How far the clock's source moves, in milliseconds. It may also stand still or jump back. */
  elapsed: number | 'until the next expiry';
  lifetime: number | undefined;
  /** In seconds. */
  overlap: number;
  scopes: string[];
}

/** What happens, as often as it is in the list. */
const KINDS: Step['kind'][] = [
  ...(['create', 'create', 'create', 'create', 'rotate', 'rotate', 'delete', 'rename'] as const),
  ...(['disable', 'disable', 'enable', 'revoke', 'freeze', 'thaw', 'thaw'] as const),
];

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom(...KINDS),
  account: fc.nat(ACCOUNTS - 1),
  target: fc.nat(3),
  elapsed: fc.oneof(
    fc.constantFrom<Step['elapsed'][]>(0, 1, -3000, -100_000, 'until the next expiry'),
    fc.integer({ min: 1, max: 8000 }),
  ),
  lifetime: fc.option(fc.integer({ min: 1, max: 20_000 }), { nil: undefined }),
  overlap: fc.constantFrom(0, 1, 5, 30),
  scopes: fc.subarray(['read', 'write']),
});

/** The steps of a random history, with the moves of the clock. */
export const steps = fc.array(step, { minLength: 5, maxLength: 40, size: 'max' });

export type Question = [keyId: string, instant: number];

/** A history that was played through the API, the shadow that was kept beside it, and the answers of verification meanwhile. */
export interface Played {
  shadow: ShadowLedger;
  accounts: string[];
  /**
   * By key id and instant, as far as the history decides it: if the clock went back, a change may be dated later than it was made, or
   * before an earlier answer. If there are several answers for an instant, the last one counts, since a change came between them.
   */
  answered: Map<string, Map<number, boolean>>;
}

/** A Keyledger with a clock that the test controls. */
export async function drivenWorld() {
  let source = START;
  const now = () => source;
  const world = await openWorld({ clock: now });
  const pass = (elapsed: Step['elapsed'], shadow: ShadowLedger) => {
    if (elapsed === 'until the next expiry') source = Math.min(shadow.nextExpiry(now()), now() + HOUR);
    else source += elapsed;
  };
  return { world, now, pass };
}

export type Driven = Awaited<ReturnType<typeof drivenWorld>>;

/** Plays the steps through the API. Before and after each, it verifies every key. */
export async function play({ world, now, pass }: Driven, steps: Step[]): Promise<Played> {
  const shadow = new ShadowLedger();
  const owners = await Promise.all(Array.from({ length: ACCOUNTS }, () => world.client({})));
  const answered: Played['answered'] = new Map();
  const secrets = new Map<string, { account: string; secret: string }>();
  const verifyAll = () => {
    for (const [keyId, { account, secret }] of secrets) {
      if (now() < (shadow.datesOf(account).at(-1) ?? 0)) continue;
      const answers = answered.get(keyId) ?? new Map<number, boolean>();
      answered.set(keyId, answers.set(now(), world.app.verification.verify(keyId, secret) !== undefined));
    }
  };
  const operator = await world.client({ role: 'operator' });
  for (const step of steps) {
    pass(step.elapsed, shadow);
    verifyAll();
    const owner = owners[step.account] as Client;
    const before = shadow.datesOf(owner.account).length;
    const made = await change({ owner, operator }, shadow, step, now());
    const [date = Number.POSITIVE_INFINITY] = shadow.datesOf(owner.account).slice(before);
    for (const [keyId, { account }] of secrets) {
      if (account === owner.account) forget(answered.get(keyId), date);
    }
    if (made) secrets.set(made.key.keyId, { account: owner.account, secret: made.secret });
    verifyAll();
  }
  // This key is committed last: once the history holds it, it holds everything.
  const last = await (await world.client({})).newKey();
  const auditor = await world.client({ role: 'auditor' });
  while (!(await couldAuthenticate(auditor, [[last.key.keyId, FAR_FUTURE]]))[0]) await delay(25);
  return { shadow, accounts: owners.map(({ account }) => account), answered };
}

function forget(answers: Map<number, boolean> | undefined, from: number): void {
  for (const instant of answers?.keys() ?? []) if (instant >= from) answers?.delete(instant);
}

/** Sends the mutation and records its effect. Fails unless the answer is the predicted one. */
async function change(
  { owner, operator }: Record<'owner' | 'operator', Client>,
  shadow: ShadowLedger,
  step: Step,
  now: number,
) {
  const { account } = owner;
  const own = shadow.keys.filter((key) => key.account === account);
  const keyId = own.at(-1 - step.target)?.keyId ?? 'key_0000000000000000000000';
  switch (step.kind) {
    case 'create': {
      const { lifetime, scopes } = step;
      const name = `key ${own.length}`;
      const expected = shadow.answerToCreate(account, now);
      const result = await owner.createKey({ name, scopes, expiresAt: lifetime === undefined ? null : at(now + lifetime) });
      expect(result.__typename).toBe(expected);
      if (result.__typename !== 'CreateKeyPayload') return undefined;
      shadow.create(account, now, { keyId: result.key.keyId, name, scopes, lifetime });
      return result;
    }
    case 'rotate': {
      const expected = shadow.answerToRotate(account, now, keyId, step.overlap);
      const result = await owner.rotateKey({ keyId, overlapSeconds: step.overlap });
      expect(result.__typename).toBe(expected);
      if (result.__typename !== 'CreateKeyPayload') return undefined;
      shadow.rotate(account, now, { keyId, overlap: step.overlap }, result.key.keyId);
      return result;
    }
    case 'rename':
    case 'disable':
    case 'enable':
      return keep(owner, shadow, step.kind, keyId, now);
    case 'revoke':
    case 'freeze':
    case 'thaw':
      return operate(operator, account, shadow, step.kind, now);
    case 'delete': {
      const expected = shadow.answerToDelete(account, keyId);
      expect((await owner.deleteKey(keyId)).__typename).toBe(expected);
      if (expected === 'DeleteKeyPayload') shadow.delete(now, keyId);
      return undefined;
    }
  }
}

/** The same for the changes of a key that stays. */
async function keep(
  owner: Client,
  shadow: ShadowLedger,
  kind: 'rename' | 'disable' | 'enable',
  keyId: string,
  now: number,
): Promise<undefined> {
  const name = `name ${now % 3}`;
  const expected = shadow.answerToChange(owner.account, keyId, kind);
  const result = {
    rename: () => owner.renameKey({ keyId, name }),
    disable: () => owner.disableKey({ keyId }),
    enable: () => owner.enableKey({ keyId }),
  };
  expect((await result[kind]()).__typename).toBe(expected);
  if (expected !== 'ChangeKeyPayload') return;
  if (kind === 'rename') shadow.rename(now, keyId, name);
  else shadow.switch(now, keyId, kind === 'disable');
}

/** The same for what operators do. */
async function operate(
  operator: Client,
  account: string,
  shadow: ShadowLedger,
  kind: 'revoke' | 'freeze' | 'thaw',
  now: number,
): Promise<undefined> {
  const [mutation, payload] = {
    revoke: ['revokeAccountKeys', 'RevokeKeysPayload'],
    freeze: ['freezeAccount', 'FreezeAccountPayload'],
    thaw: ['thawAccount', 'FreezeAccountPayload'],
  }[kind] as [string, string];
  const expected = shadow.answerToOperator(account, payload);
  const { data } = await operator.send(`mutation { answer: ${mutation}(input: { accountId: "${account}" }) { __typename } }`);
  expect(data).toEqual({ answer: { __typename: expected } });
  if (expected === 'AccountNotFound') return;
  if (kind === 'revoke') shadow.revokeAll(account, now);
  else shadow.freeze(account, now, kind === 'freeze');
}

/** The API's answers, in the order of the questions. */
export function couldAuthenticate(auditor: Client, questions: Question[]): Promise<boolean[]> {
  return inBatches(questions, async (batch) => {
    const fields = batch.map(([id, instant], index) => `k${index}: couldAuthenticate(keyId: "${id}", at: "${at(instant)}")`);
    const { data, errors } = await auditor.send<Record<string, boolean>>(`{ ${fields.join(' ')} }`);
    if (!data) throw new Error(JSON.stringify(errors));
    return Object.values(data);
  });
}

/** Processes the items in batches of at most as many as a document may have aliases. */
export async function inBatches<T, A>(items: T[], ask: (batch: T[]) => Promise<A[]>, size = LIMITS.aliases): Promise<A[]> {
  const answers: A[] = [];
  for (let start = 0; start < items.length; start += size) {
    answers.push(...(await ask(items.slice(start, start + size))));
  }
  return answers;
}
