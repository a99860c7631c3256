import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { environment, SECRETS } from '../src/settings/environment.js';
import { fileSetting } from '../src/settings/names.js';
import { parseKey } from '../src/shared/key-text.js';
import { temporaryDirectory } from './support/cleanup.js';
import { itWith } from './support/tools.js';

interface Service {
  environment: Record<string, string>;
  read_only: boolean;
  tmpfs: string[];
  cap_drop: string[];
  command: string[];
  volumes: string[];
  profiles?: string[];
  depends_on?: Record<string, { condition: string }>;
}

const FILE = new URL('../docker-compose.yml', import.meta.url);
const { version, services }: { version?: string; services: Record<string, Service> } = parse(readFileSync(FILE, 'utf8'), {
  merge: true,
});

function service(name: string): Service {
  const found = services[name];
  if (!found) throw new Error(`docker-compose.yml has no service ${name}.`);
  return found;
}

/** What nobody sets from outside: the image sets it, or refuses it in production. */
const FIXED = ['PORT', 'HOST', 'KEYLEDGER_DATA', 'NODE_ENV', 'KEYLEDGER_GRAPHIQL'];

/** Every other setting, and the file of every secret. Each service names its store itself, so it takes none from a file. */
const SETTINGS = [...Object.keys(environment.shape), ...SECRETS.map(fileSetting)].filter((name) => !FIXED.includes(name));

const SHARED_KEYS = {
  KEYLEDGER_LOG_KEY: '',
  KEYLEDGER_PSEUDONYM_KEY: '',
  KEYLEDGER_SESSION_KEY: '',
  KEYLEDGER_LOG_KEY_FILE: '/keys/log.key',
  KEYLEDGER_PSEUDONYM_KEY_FILE: '/keys/pseudonym.key',
  KEYLEDGER_SESSION_KEY_FILE: '/keys/session.key',
};

const ON_EVENTSTOREDB = [
  ['keyledger-on-eventstoredb', 'eventstoredb', 'esdb://eventstoredb:2113?tls=false'],
  ['keyledger-on-cluster', 'cluster', 'esdb://node1:2113,node2:2113,node3:2113?tls=false'],
] as const;

/** What each service sets itself. */
const OWN: [name: string, own: Record<string, string>][] = [
  ['keyledger', { KEYLEDGER_STORE: 'sqlite:' }],
  ...ON_EVENTSTOREDB.map(([name, , store]): [string, Record<string, string>] => [
    name,
    { KEYLEDGER_STORE: store, ...SHARED_KEYS },
  ]),
];

it.each(OWN)('%s passes every setting through, except what the service itself sets', (name, own) => {
  const passed = Object.fromEntries(SETTINGS.map((setting) => [setting, `\${${setting}:-}`]));
  expect(service(name).environment).toEqual({ ...passed, ...own });
});

it.each(['keyledger', 'keys', ...ON_EVENTSTOREDB.map(([name]) => name)])('%s writes to its volumes and /tmp alone', (name) => {
  expect(service(name)).toMatchObject({
    read_only: true,
    tmpfs: [expect.stringMatching(/^\/tmp:/)],
    cap_drop: ['ALL'],
  });
});

it.each(ON_EVENTSTOREDB)('%s starts after the shared keys were made, which it only reads', (name, profile) => {
  expect(service(name).depends_on?.keys).toEqual({ condition: 'service_completed_successfully' });
  expect(service(name).volumes).toContain('keys:/keys:ro');
  expect(service(name).profiles).toEqual([profile]);
  expect(service('keys').profiles).toContain(profile);
  expect(service('keys').volumes).toEqual(['keys:/keys']);
});

it('makes every shared key once: the one that is set, or a new one', () => {
  const directory = temporaryDirectory();
  const [node, ...args] = service('keys').command.map((text) => text.replaceAll('/keys/', `${directory}/`));
  expect(node).toBe('node');
  const given = Buffer.alloc(32, 1).toString('base64');
  const kept = () => {
    execFileSync(process.execPath, args, { env: { KEYLEDGER_LOG_KEY: given, KEYLEDGER_PSEUDONYM_KEY: '' } });
    return readdirSync(directory).map((name) => [`/keys/${name}`, readFileSync(join(directory, name), 'utf8')] as const);
  };
  const made = kept();
  const files = Object.values(SHARED_KEYS).filter((value) => value !== '');
  expect(made.map(([name]) => name).sort()).toEqual(files.sort());
  for (const [, text] of made) expect(parseKey(text.trim())).toBeDefined();
  for (const name of readdirSync(directory)) expect(statSync(join(directory, name)).mode & 0o777).toBe(0o600);
  expect(Object.fromEntries(made)['/keys/log.key']).toBe(`${given}\n`);
  expect(kept()).toEqual(made);
});

it('names no version, which Compose no longer has', () => {
  expect(version).toBeUndefined();
});

itWith('docker-compose').each([[[]], [['eventstoredb']], [['cluster']]])(
  'docker-compose finds no fault with the profiles %j',
  (profiles) => {
    const options = profiles.flatMap((profile) => ['--profile', profile]);
    execFileSync('docker-compose', ['-f', FILE.pathname, ...options, 'config', '--quiet'], { stdio: 'pipe' });
  },
);
