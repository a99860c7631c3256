import fc from 'fast-check';
import { edited } from '../support/edited.js';
import { fuzz } from '../support/fuzz.js';
import { openFuzzedWorld } from '../support/fuzzed-world.js';
import { type Asked, HELD, randomDocument, randomQuery } from '../support/random-documents.js';

const ROLES = ['owner', 'operator', 'auditor', 'analyst'] as const;

const { world, owner, held, complaints } = await openFuzzedWorld();
const clients = await Promise.all(ROLES.map((role) => (role === 'owner' ? owner : world.client({ role }))));

/** Writes of many documents the grammar, with some of their text edited. */
const documents = (write: (given: fc.GeneratorValue) => Asked) =>
  fc.gen().chain((given) => {
    const asked = write(given);
    const query = fc.oneof({ arbitrary: fc.constant(asked.query), weight: 3 }, { arbitrary: edited(asked.query), weight: 1 });
    return fc.record({ query, variables: fc.constant(asked.variables), client: fc.constantFrom(...clients) });
  });

fuzz(
  'any query of any role is answered without a fault of the server and without a secret',
  documents(randomQuery),
  async (asked) => {
    const { status, text, errors = [] } = await asked.client.send(asked.query, asked.variables);
    expect(status).toBeLessThan(500);
    expect(errors.map(({ extensions }) => extensions?.code)).not.toContain('INTERNAL_SERVER_ERROR');
    expect(text).not.toMatch(/kls_\w{49}/);
    expect(complaints()).toEqual([]);
  },
);

fuzz('any mutation of any role is answered without a fault of the server', documents(randomDocument), async (asked) => {
  const { status, text, errors = [] } = await asked.client.send(asked.query, { ...asked.variables, [HELD]: held.key.keyId });
  expect(status).toBeLessThan(500);
  expect(errors.map(({ extensions }) => extensions?.code)).not.toContain('INTERNAL_SERVER_ERROR');
  expect(text).not.toContain(held.secret);
  expect(complaints()).toEqual([]);
});
