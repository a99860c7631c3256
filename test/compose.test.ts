import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { environment, SECRETS } from '../src/settings/environment.js';

const FILE = new URL('../docker-compose.yml', import.meta.url);
const text = readFileSync(FILE, 'utf8');

/** Settings that the image or the service sets, so that nobody sets them from outside. */
const FIXED = ['KEYLEDGER_GRAPHIQL', 'PORT', 'HOST', 'KEYLEDGER_DATA', 'KEYLEDGER_STORE', 'NODE_ENV'];

it('passes every setting through, and every file with a secret', () => {
  const passed = [...text.matchAll(/^ {2}(\w+): \$\{\1:-\}$/gm)].map(([, name]) => name);
  const files = SECRETS.map((name) => `${name}_FILE`);
  expect([...passed, ...FIXED].sort()).toEqual([...Object.keys(environment.shape), ...files].sort());
});

it('names no version, which Compose no longer has', () => {
  expect(text).not.toMatch(/^version:/m);
});

const isInstalled = (() => {
  try {
    execFileSync('docker-compose', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

(isInstalled ? it : it.skip).each([[[]], [['eventstoredb']], [['cluster']]])(
  'docker-compose finds no fault with the profiles %j',
  (profiles) => {
    const options = profiles.flatMap((profile) => ['--profile', profile]);
    execFileSync('docker-compose', ['-f', FILE.pathname, ...options, 'config', '--quiet'], { stdio: 'pipe' });
  },
);
