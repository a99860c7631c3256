import fc from 'fast-check';
import { keyledger } from '../cli/run.js';
import type { Client } from '../support/client.js';
import { itWhenLong, rounds } from '../support/long.js';
import {
  couldAuthenticate,
  type Driven,
  drivenWorld,
  FAR_FUTURE,
  inBatches,
  type Played,
  play,
  type Question,
  START,
  steps,
} from '../support/random-histories.js';
import type { ShadowSnapshot } from '../support/shadow-ledger.js';
import { at } from '../support/specification.js';

/** How many folds of a whole history a document may request. */
const FOLDS = 2;

/** Instants of changes, a millisecond around them, instants of verifications, and before and after everything. */
function instantsOf({ shadow, answered }: Played): number[] {
  const changes = shadow.keys.flatMap(({ createdAt, endedAt, expiries, names, switches }) => [
    createdAt,
    ...(Number.isFinite(endedAt) ? [endedAt] : []),
    ...expiries.map(({ at }) => at),
    ...[...names, ...switches].map(({ known }) => known),
  ]);
  changes.push(...shadow.freezes.map(({ known }) => known));
  const around = changes.flatMap((instant) => [instant - 1, instant, instant + 1]);
  const asked = [...answered.values()].flatMap((answers) => [...answers.keys()]);
  return [...new Set([START - 1, ...around, ...asked, FAR_FUTURE])];
}

interface AccountSnapshot {
  activeKeyCount: number;
  frozenAt: string | null;
  keys: ShadowSnapshot[];
}

function accountAsOf(auditor: Client, account: string, instants: number[]): Promise<AccountSnapshot[]> {
  return inBatches(
    instants,
    async (batch) => {
      const fields = batch.map((instant, index) => `a${index}: asOf(at: "${at(instant)}") { ...snapshot }`);
      const { data, errors } = await auditor.send<{ account: Record<string, AccountSnapshot> }>(
        `{ account(accountId: "${account}") { ${fields.join(' ')} } }
       fragment snapshot on AccountSnapshot {
         activeKeyCount frozenAt keys { keyId name scopes createdAt expiresAt disabledAt couldAuthenticate }
       }`,
      );
      if (!data) throw new Error(JSON.stringify(errors));
      return Object.values(data.account);
    },
    FOLDS,
  );
}

/** Compares the API's answers about the past with the shadow, and with the answers of verification at that time. */
async function compare({ world }: Driven, played: Played, random: number[]): Promise<void> {
  const { shadow, accounts, answered } = played;
  const auditor = await world.client({ role: 'auditor' });
  const instants = [...instantsOf(played), ...random];
  for (const account of accounts) {
    const snapshots = await accountAsOf(auditor, account, instants);
    for (const [index, instant] of instants.entries()) {
      const keys = shadow.asOf(account, instant);
      const activeKeyCount = keys.filter((key) => key.couldAuthenticate).length;
      expect([at(instant), snapshots[index]]).toEqual([
        at(instant),
        { activeKeyCount, frozenAt: shadow.frozenAt(account, instant), keys },
      ]);
    }
  }
  const asked = [...answered].flatMap(([keyId, answers]) => [...answers.keys()].map((instant): Question => [keyId, instant]));
  const drawn = shadow.keys.flatMap(({ keyId }) => random.map((instant): Question => [keyId, instant]));
  const questions = [...asked, ...drawn];
  const answers = await couldAuthenticate(auditor, questions);
  for (const [index, [keyId, instant]] of questions.entries()) {
    const expected = answered.get(keyId)?.get(instant) ?? shadow.couldAuthenticate(keyId, instant);
    expect([keyId, at(instant), answers[index]]).toEqual([keyId, at(instant), expected]);
  }
}

it('asOf equals a shadow model at any instant of any history, and agrees with what verification answered', async () => {
  const driven = await drivenWorld();
  const random = fc.array(fc.integer({ min: -10_000, max: 300_000 }), { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(steps, random, async (steps, offsets) => {
      const start = driven.now();
      const played = await play(driven, steps);
      const instants = offsets.map((offset) => start + offset);
      await compare(driven, played, instants);
    }),
    { numRuns: rounds(2, 20) },
  );
});

itWhenLong('keyledger asof prints the same', async () => {
  const driven = await drivenWorld();
  const played = await play(driven, fc.sample(steps, 1)[0] ?? []);
  const { shadow, accounts } = played;
  const changes = instantsOf(played);
  const some = [0, 0.3, 0.7, 1].map((part) => changes[Math.floor(part * (changes.length - 1))] ?? START);
  for (const instant of some) {
    const args = ['asof', '--at', at(instant)];
    const { code, stdout } = await keyledger(args, { KEYLEDGER_DATA: driven.world.config.dataDirectory });
    expect(code).toBe(0);
    const printed = stdout
      .trimEnd()
      .split('\n')
      .map((line): { account: string; keys: ShadowSnapshot[] } => JSON.parse(line));
    for (const account of accounts) {
      const keys = printed.find((line) => line.account === account)?.keys ?? [];
      expect(keys).toEqual(shadow.asOf(account, instant).map((key) => expect.objectContaining(key)));
    }
  }
});
