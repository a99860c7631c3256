import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const SOURCE = join(import.meta.dirname, '../src');

/** Who may import whom; `store` within the table is its port alone: the interface, how to ask it again, and the codec of what it stores. */
const ALLOWED: Record<string, string[]> = {
  shared: [],
  domain: ['shared'],
  auth: ['shared', 'domain'],
  store: ['shared', 'domain'],
  commands: ['shared', 'domain', 'projections', 'store/event-store.ts', 'store/codec.ts', 'store/until-known.ts'],
  projections: ['shared', 'domain', 'store/event-store.ts', 'store/codec.ts', 'store/until-known.ts'],
  graphql: ['shared', 'domain', 'commands', 'projections', 'auth'],
  http: ['shared', 'domain', 'projections', 'auth'],
  observability: ['shared'],
  cli: [
    'shared',
    'auth',
    'commands',
    'domain',
    'store',
    'projections',
    'graphql/schema.ts',
    'observability',
    'reference',
    'app.ts',
    'config.ts',
  ],
  reference: [
    'shared',
    'settings',
    'graphql/schema.ts',
    'graphql/limits.ts',
    'observability',
    'store/event-store.ts',
    'store/codec.ts',
    'store/event-schemas.ts',
  ],
  dashboard: ['domain/canonical-json.ts', 'domain/merkle-path.ts'],
  'app.ts': ['shared', 'auth', 'commands', 'domain', 'graphql', 'http', 'observability', 'projections', 'store', 'config.ts'],
  settings: ['shared', 'domain', 'store/open.ts'],
  'config.ts': ['settings', 'store/open.ts'],
};

/** What may be imported for its types alone (`import type`): decorators know the ports, and nothing of what stands behind them. */
const ALLOWED_TYPES: Record<string, string[]> = {
  observability: ['shared', 'store/event-store.ts', 'commands', 'projections'],
};

interface Import {
  from: string;
  to: string;
  typeOnly: boolean;
}

/** What is written as `.js` in an import is a `.ts` or a `.tsx`. */
function sourceOf(path: string): string {
  const file = path.replace(/\.js$/, '.ts');
  return existsSync(join(SOURCE, `${file}x`)) ? `${file}x` : file;
}

const imports: Import[] = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.tsx?$/.test(file))
  .flatMap((from) => {
    const text = readFileSync(join(SOURCE, from), 'utf8');
    const statements = text.matchAll(/^(?:import|export)\s(type\s)?(?:[^'";]*?from\s)?'(\.[^']+)'|\bimport\('(\.[^']+)'\)/gm);
    return [...statements].map(([, type, path, dynamic = '']) => ({
      from,
      to: sourceOf(relative(SOURCE, resolve(SOURCE, dirname(from), path ?? dynamic))),
      typeOnly: type !== undefined,
    }));
  });

const folderOf = (file: string) => file.split('/')[0] as string;

it('sees the imports', () => {
  expect(imports.length).toBeGreaterThan(80);
  expect(imports).toContainEqual({ from: 'commands/handle.ts', to: 'domain/clock.ts', typeOnly: true });
  expect(imports).toContainEqual({ from: 'cli/keyledger.ts', to: 'cli/serve.ts', typeOnly: false });
});

it('lets no folder import what the table does not allow', () => {
  const offences = imports.filter(({ from, to, typeOnly }) => {
    const folder = folderOf(from);
    const allowed = [folder, ...(ALLOWED[folder] ?? []), ...((typeOnly && ALLOWED_TYPES[folder]) || [])];
    return !allowed.some((entry) => to === entry || (folderOf(to) === entry && to !== entry));
  });
  expect(offences).toEqual([]);
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
    .filter((file) => file.endsWith('.ts'))
    .filter((file) => /process\.env/.test(readFileSync(join(SOURCE, file), 'utf8')));
  expect(readers).toEqual(['cli/keyledger.ts']);
});
