import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const SOURCE = join(import.meta.dirname, '../src');

/** The part of `store` that other folders than adapters may import: the port, retries, batch sizes, and the form of stored events. */
const PORT = [
  'store/event-store.ts',
  'store/codec.ts',
  'store/streams.ts',
  'store/stored-json.ts',
  'store/event-schemas.ts',
  'store/batch.ts',
  'store/retry-unknown-outcome.ts',
];

/** Which folder may import which. */
const ALLOWED: Record<string, string[]> = {
  shared: [],
  domain: ['shared'],
  auth: ['shared', 'domain'],
  store: ['shared', 'domain'],
  commands: ['shared', 'domain', 'projections', ...PORT],
  projections: ['shared', 'domain', ...PORT],
  graphql: ['shared', 'domain', 'commands', 'projections', 'auth'],
  http: ['shared', 'domain', 'projections', 'auth'],
  observability: ['shared'],
  settings: ['shared', 'domain', 'store/open.ts'],
  cluster: ['shared', 'observability', 'app.ts', 'config.ts'],
  cli: [
    'shared',
    'auth',
    'commands',
    'domain',
    'store',
    'projections',
    'graphql/api/schema.ts',
    'observability',
    'reference',
    'cluster',
    'config.ts',
  ],
  reference: ['shared', 'settings', 'graphql/api/schema.ts', 'graphql/api/limits.ts', 'observability', ...PORT],
  dashboard: [
    'client',
    'shared/nesting.ts',
    'shared/paths.ts',
    'domain/transparency/bytes.ts',
    'domain/transparency/canonical-json.ts',
    'domain/transparency/checkpoint.ts',
    'domain/transparency/leaf.ts',
    'domain/transparency/log-origin.ts',
    'domain/transparency/merkle-proof.ts',
    'domain/transparency/note-file.ts',
    'domain/transparency/signed-note.ts',
    'domain/transparency/verifier-key.ts',
    'domain/transparency/verify-extension.ts',
    'domain/transparency/web-hashes.ts',
  ],
  verify: [],
  client: [],
  'app.ts': [
    'shared',
    'app',
    'auth/local-issuer.ts',
    'http/programs/metrics.ts',
    'observability/metrics.ts',
    'projections/analytics/answering.ts',
    'projections/keys/verification.ts',
    'store/event-store.ts',
    'config.ts',
  ],
  app: ['shared', 'auth', 'commands', 'domain', 'graphql', 'http', 'observability', 'projections', 'store', 'config.ts'],
  'config.ts': ['settings', 'store/open.ts'],
  'vite.config.ts': [],
};

/** Which npm packages each folder may import. */
const PACKAGES: Record<string, string[]> = {
  shared: ['zod'],
  domain: [],
  auth: ['jose', 'openid-client', 'zod'],
  store: ['@eventstore/db-client', 'zod'],
  commands: [],
  projections: [],
  graphql: ['@escape.tech/*', '@graphql-yoga/*', '@pothos/*', 'graphql', 'graphql-yoga', 'zod'],
  http: ['@fastify/cors', '@fastify/formbody', '@fastify/static', 'fastify', 'ipaddr.js', 'negotiator', 'zod'],
  observability: ['@opentelemetry/*', 'pino', 'prom-client', 'zod'],
  settings: ['fastest-levenshtein', 'zod'],
  cluster: ['zod'],
  cli: ['@duckdb/node-api', 'commander', 'fastest-levenshtein', 'graphql', 'zod'],
  reference: ['graphql', 'zod'],
  dashboard: ['github-slugger', 'graphiql', 'graphql-sse', 'marked', 'react', 'react-dom', 'uplot', 'vite'],
  verify: [],
  client: [],
  'app.ts': [],
  app: [],
  'config.ts': [],
  'vite.config.ts': ['vite'],
};

/** Which packages each may import for their types alone, beside those: what is given to it from elsewhere. */
const PACKAGE_TYPES: Record<string, string[]> = {
  shared: ['better-sqlite3'],
  store: ['better-sqlite3'],
  commands: ['pino'],
  projections: ['better-sqlite3', 'pino'],
  graphql: ['pino'],
  http: ['pino'],
  observability: ['fastify'],
  cluster: ['pino'],
  cli: ['better-sqlite3', 'pino'],
  reference: ['commander'],
  dashboard: ['@graphiql/toolkit', 'graphql'],
  client: ['@graphql-typed-document-node/core'],
  'app.ts': ['graphql', 'pino'],
  app: ['fastify', 'graphql', 'pino'],
};

/** What may be imported for its types alone (`import type`): decorators know the ports, but nothing behind them. */
const ALLOWED_TYPES: Record<string, string[]> = {
  observability: ['shared', 'store/event-store.ts', 'commands', 'projections'],
};

interface Import {
  from: string;
  to: string;
  typeOnly: boolean;
}

/** An import of a `.js` file means a `.ts` or a `.tsx` file. */
function sourceOf(path: string): string {
  const file = path.replace(/\.js$/, '.ts');
  return existsSync(join(SOURCE, `${file}x`)) ? `${file}x` : file;
}

/** Everything that a file of ours imports, `node:` modules apart. */
const imported: Import[] = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.tsx?$/.test(file))
  .flatMap((from) => {
    const text = readFileSync(join(SOURCE, from), 'utf8');
    const statements = text.matchAll(/^(?:import|export)\s(type\s)?(?:[^'";]*?from\s)?'([^']+)'|\bimport\('([^']+)'\)/gm);
    return [...statements].map(([, type, path, dynamic = '']) => ({ from, to: path ?? dynamic, typeOnly: type !== undefined }));
  })
  .filter(({ to }) => !to.startsWith('node:'));

const imports = imported
  .filter(({ to }) => to.startsWith('.'))
  .map(({ from, to, typeOnly }) => ({ from, to: sourceOf(relative(SOURCE, resolve(SOURCE, dirname(from), to))), typeOnly }));

/** Imports of npm packages, by package name. */
const packages = imported
  .filter(({ to }) => !to.startsWith('.'))
  .map(({ from, to, typeOnly }) => ({ from, to: /^(?:@[^/]+\/)?[^/]+/.exec(to)?.[0] ?? '', typeOnly }));

const folderOf = (file: string) => file.split('/')[0] as string;

it('sees the imports', () => {
  expect(imports.length).toBeGreaterThan(80);
  expect(imports).toContainEqual({ from: 'commands/keys/handle.ts', to: 'shared/clock.ts', typeOnly: true });
  expect(imports).toContainEqual({ from: 'cli/start-server.ts', to: 'cluster/serve.ts', typeOnly: false });
  expect(packages).toContainEqual({ from: 'auth/token-authenticator.ts', to: 'jose', typeOnly: false });
});

it('has a row for each folder, and none for what is not there', () => {
  const folders = readdirSync(SOURCE).sort();
  expect(Object.keys(ALLOWED).sort()).toEqual(folders);
  expect(Object.keys(PACKAGES).sort()).toEqual(folders);
});

it('is what CONTRIBUTING.md tells', () => {
  const text = readFileSync(join(SOURCE, '../CONTRIBUTING.md'), 'utf8');
  const rows = [...text.matchAll(/^\| `([a-z.]+)` +\| [^|]+ \| ([a-z., ]+?) +\|$/gm)];
  const told = rows.map(([, folder, imported = '']) => [folder, imported === 'nothing' ? [] : imported.split(', ').sort()]);
  const enforced = Object.entries(ALLOWED).map(([folder, allowed]) => [folder, [...new Set(allowed.map(folderOf))].sort()]);
  expect(Object.fromEntries(told)).toEqual(Object.fromEntries(enforced));
  expect(rows).toHaveLength(enforced.length);
});

it('lets no folder import a package that the table does not allow', () => {
  const offences = packages.filter(({ from, to, typeOnly }) => {
    const folder = folderOf(from);
    const allowed = [...(PACKAGES[folder] ?? []), ...((typeOnly && PACKAGE_TYPES[folder]) || [])];
    return !allowed.some((entry) => (entry.endsWith('/*') ? to.startsWith(entry.slice(0, -1)) : to === entry));
  });
  expect(offences).toEqual([]);
});

it('lets no folder import what the table does not allow', () => {
  const offences = imports.filter(({ from, to, typeOnly }) => {
    const folder = folderOf(from);
    const allowed = [folder, ...(ALLOWED[folder] ?? []), ...((typeOnly && ALLOWED_TYPES[folder]) || [])];
    return !allowed.some((entry) => to === entry || (folderOf(to) === entry && to !== entry));
  });
  expect(offences).toEqual([]);
});

it('lets the engine of the projections know none of them', () => {
  const engine = 'projections/engine/';
  const ofOthers = (file: string) => file.startsWith('projections/') && !file.startsWith(engine);
  expect(imports.filter(({ from, to }) => from.startsWith(engine) && ofOthers(to))).toEqual([]);
});

it('has no circle of imports, types aside', () => {
  const edges = new Map<string, string[]>();
  for (const { from, to, typeOnly } of imports) if (!typeOnly) edges.set(from, [...(edges.get(from) ?? []), to]);
  const done = new Set<string>();
  const circles: string[][] = [];
  const visit = (file: string, path: string[]): void => {
    if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file]);
    if (path.includes(file) || done.has(file)) return;
    for (const next of edges.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of edges.keys()) visit(file, []);
  expect(circles).toEqual([]);
});

it('reads the environment in the entry point alone', () => {
  const readers = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
    // The pages of the dashboard show code that reads it, and have none.
    .filter((file) => file.endsWith('.ts') && !file.startsWith('dashboard/'))
    .filter((file) => /process\.env/.test(readFileSync(join(SOURCE, file), 'utf8')));
  expect(readers).toEqual(['cli/keyledger.ts']);
});
