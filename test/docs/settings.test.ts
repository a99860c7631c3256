import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describedSettings } from '../../src/reference/settings.js';
import { FROM_FILES } from '../../src/settings/environment.js';
import { fileSetting } from '../../src/settings/names.js';
import { keyledger } from '../cli/run.js';

const ROOT = join(import.meta.dirname, '../..');

const SETTINGS = describedSettings();
const KNOWN = new Set([...SETTINGS.map(({ name }) => name), ...FROM_FILES.map(fileSetting)]);

/** Those for tests and benchmarks, and the ones that Kubernetes sets, which are ignored. */
const OTHERS = /^KEYLEDGER_(?:TEST_|BENCH_|SERVICE_|PORT)/;

const WRITTEN = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'Dockerfile',
  'docker-compose.yml',
  ...below('docs'),
  ...below('examples'),
];

function below(folder: string): string[] {
  const files = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' });
  return files.filter((file) => /\.\w+$/.test(file) && !/\.(?:svg|png)$/.test(file)).map((file) => `${folder}/${file}`);
}

it('the help of the server explains every setting', async () => {
  const { code, stdout } = await keyledger(['serve', '--help']);
  const explained = [...stdout.slice(stdout.indexOf('Settings:')).matchAll(/^ {2}([A-Z_]+) +\S/gm)].map(([, name]) => name);
  expect({ code, explained }).toEqual({ code: 0, explained: SETTINGS.map(({ name }) => name) });
});

it('every command that reads a setting exists', async () => {
  const { stdout } = await keyledger(['--help']);
  const commands = new Set([...stdout.matchAll(/^ {2}([a-z-]+) /gm)].map(([, name]) => name));
  for (const { name, readBy } of SETTINGS) {
    const missing = [...readBy.matchAll(/`([^`]+)`/g)].filter(([, command]) => !commands.has(command));
    expect({ name, missing }).toEqual({ name, missing: [] });
  }
});

/** What the file of a command holds if the command reads the setting. */
const READS = [
  ['KEYLEDGER_STORE', /\b(?:withExistingStore|openPatiently|openStore|requireExistingData)\(/],
  ['KEYLEDGER_STALENESS', /\bstaleness\b/],
  ['KEYLEDGER_ROLE_OWNER', /\bclaims\b/],
  ['KEYLEDGER_LOG_KEY', /\b(?:logKey|openLogKey|LogSigner)\b/],
  ['KEYLEDGER_PSEUDONYM_KEY', /\b(?:pseudonymKey|openPseudonymKey)\b/],
] as const;

it.each(READS)('%s is said to be read by the commands that read it', (setting, read) => {
  const folder = join(ROOT, 'src/cli/commands');
  const files = readdirSync(folder).filter((file) => read.test(readFileSync(join(folder, file), 'utf8')));
  const commands = files.map((file) => file.replace('as-of', 'asof').replace(/(?:-usage|-projection)?\.ts$/, ''));
  const readBy = SETTINGS.find(({ name }) => name === setting)?.readBy ?? '';
  const said = [...readBy.matchAll(/`([^`]+)`/g)].map(([, command]) => command);
  expect(said.sort()).toEqual([...new Set([...commands, 'serve'])].sort());
});

it('no document names a setting that there is not', () => {
  const unknown = WRITTEN.flatMap((file) => {
    const names = readFileSync(join(ROOT, file), 'utf8').match(/\b(?:KEYLEDGER|OTEL)_[A-Z_]*[A-Z]\b/g) ?? [];
    return names.filter((name) => !KNOWN.has(name) && !OTHERS.test(name)).map((name) => `${file}: ${name}`);
  });
  expect(unknown).toEqual([]);
});
