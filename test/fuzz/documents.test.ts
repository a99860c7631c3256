import fc from 'fast-check';
import { complaintsIn } from '../support/complaints.js';
import { edited } from '../support/edited.js';
import { beginningOf } from '../support/feed.js';
import { fuzz } from '../support/fuzz.js';
import { openFuzzedWorld } from '../support/fuzzed-world.js';
import { type Asked, randomDocument, randomQuery, randomSubscription, withIds } from '../support/random-documents.js';

const { world, owner, held, newLines } = await openFuzzedWorld();
const OTHERS = await Promise.all((['operator', 'auditor', 'analyst'] as const).map((role) => world.client({ role })));

/** Documents of the grammar, with some of their text edited, and who sends them: the owner, or one of the others. */
const documents = (write: (given: fc.GeneratorValue) => Asked) =>
  fc.gen().chain((given) => {
    const { query, variables } = write(given);
    const asked = fc.oneof({ arbitrary: fc.constant(query), weight: 3 }, { arbitrary: edited(query), weight: 1 });
    return fc.record({ query: asked, variables: fc.constant(variables), other: fc.option(fc.constantFrom(...OTHERS)) });
  });

const IDS = { account: owner.account, keyId: held.key.keyId };

const secretsIn = (text: string) => text.match(/kls_\w{49}/g) ?? [];

/** What every answer must be. */
function expectSound({ status, text }: { status: number; text: string }): void {
  expect(status).toBeLessThan(500);
  expect(text).not.toContain('INTERNAL_SERVER_ERROR');
  expect(complaintsIn(newLines(), /"security":true/)).toEqual([]);
}

fuzz(
  'any query of any role is answered without a fault of the server and without a secret',
  documents(randomQuery),
  async ({ other, ...asked }) => {
    const { query, variables } = withIds(asked, IDS);
    const answer = await (other ?? owner).send(query, variables);
    expectSound(answer);
    expect(secretsIn(answer.text)).toEqual([]);
  },
);

const isText = (value: unknown) => typeof value === 'string';

/** All secrets that an answer has shown. */
const shown = new Set<string>();

fuzz(
  'any mutation of any role is answered without a fault of the server, and a new secret is shown to its owner alone, once',
  documents(randomDocument),
  async ({ other, ...asked }) => {
    const holder = await world.client({});
    const { key, secret } = await holder.newKey({ name: 'held', idempotencyKey: 'held' });
    shown.add(secret);
    const { query, variables } = withIds(asked, { account: holder.account, keyId: key.keyId });
    const answer = await (other ?? holder).send<Record<string, object | null>>(query, variables);
    expectSound(answer);
    const results = Object.values(answer.data ?? {}).map((result) =>
      secretsIn(JSON.stringify(Object.values(result ?? {}).filter(isText))),
    );
    expect(secretsIn(answer.text)).toEqual(results.flat());
    if (other) expect(results.flat()).toEqual([]);
    for (const own of results) {
      // A document that was edited may ask twice for the secret of one key.
      expect(new Set(own).size).toBeLessThanOrEqual(1);
      for (const each of new Set(own)) {
        expect(shown).not.toContain(each);
        shown.add(each);
      }
    }
  },
);

fuzz(
  'any subscription of any role begins without a fault of the server and without a secret',
  documents(randomSubscription),
  async ({ other, ...asked }) => {
    const answer = await beginningOf(other ?? owner, withIds(asked, IDS));
    expectSound(answer);
    expect(secretsIn(answer.text)).toEqual([]);
  },
);
