import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compile, itFindsMistakes } from '../support/consumer.js';
import { fewUnlessLong } from '../support/long.js';
import { ROOT } from '../support/pages.js';

/** What a consumer has: the package brings this one. */
const INSTALLED = ['@graphql-typed-document-node', 'graphql'];

const PROGRAM = `
import { AnswerLost, createClient, CreateKeyDocument, EventFeedDocument, isOutcomeUnknown, KeysPageDocument, Refused } from 'keyledger/client';

const client = createClient({ url: 'https://keys.example.com', token: async () => 'a token', timeout: 5000 });
const { createKey } = await client.send(CreateKeyDocument, { input: { name: 'ci', scopes: ['read'] } });
if (createKey.__typename === 'CreateKeyPayload') {
  const secret: string = createKey.secret;
  const version: number = createKey.version;
  const { account } = await client.send(KeysPageDocument, { minVersion: version });
  console.log(secret, account.keys.map(({ keyId }) => keyId));
} else if (createKey.__typename === 'KeyLimitReached') console.log(createKey.keyLimit);

let after: string | undefined;
try {
  for await (const { events } of client.follow(EventFeedDocument, { after }, { signal: AbortSignal.timeout(1000) })) {
    after = events.cursor;
    if (events.node.__typename === 'KeyDeleted') console.log(events.node.reason);
  }
} catch (error) {
  if (error instanceof Refused) console.log(error.code, error.argument, error.docs);
  if (error instanceof AnswerLost || isOutcomeUnknown(error)) console.log(error);
}
`;

const PROJECTS: [name: string, options: object][] = [
  ['Node', {}],
  ['a browser', { lib: ['es2023', 'dom', 'dom.iterable'], types: [] }],
  ['a bundler', { lib: ['es2023', 'dom'], types: [], module: 'esnext', moduleResolution: 'bundler' }],
];

it.each(fewUnlessLong(1, PROJECTS))('has types that a strict project for %s accepts', (_, options) => {
  expect(compile([PROGRAM], INSTALLED, options)).toBe('');
});

const withoutComments = (declarations: string) => declarations.replace(/\/\*.*?\*\//gs, '');

/** A compiler that does not know a type takes it for `any`, and says so only without `skipLibCheck`. */
it.each(['client', 'client/gql', 'verify'])('declares %s without types that TypeScript 5.0 does not know', (folder) => {
  const declarations = readdirSync(join(ROOT, 'dist', folder)).filter((name) => name.endsWith('.d.ts'));
  const newer = declarations.filter((name) =>
    /\bNoInfer\b|\b(?:Uint8Array|Buffer)</.test(withoutComments(readFileSync(join(ROOT, 'dist', folder, name), 'utf8'))),
  );
  expect(declarations).not.toEqual([]);
  expect(newer).toEqual([]);
});

itFindsMistakes(
  `import { createClient, CreateKeyDocument } from 'keyledger/client';
  const client = createClient({ url: 'https://keys.example.com', token: 'a token' });`,
  [
    ['await client.send(CreateKeyDocument, { input: {} });', "Property 'name' is missing"],
    ["await client.send(CreateKeyDocument, { input: { name: 'ci', scope: [] } });", "'scope' does not exist"],
    ["(await client.send(CreateKeyDocument, { input: { name: 'ci' } })).createKey.secret;", "'secret' does not exist"],
    ["client.follow('subscription { events { cursor } }', {});", 'not assignable'],
  ],
  INSTALLED,
);
