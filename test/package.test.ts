import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './cli/run.js';
import { temporaryDirectory } from './support/cleanup.js';
import { startServer } from './support/server.js';

const ROOT = join(import.meta.dirname, '..');
const { version, bin, exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

/** The paths in the tarball that `npm pack` would create now. */
function packed(...args: string[]): string[] {
  const output = execFileSync('npm', ['pack', '--json', '--ignore-scripts', ...args], { cwd: ROOT, encoding: 'utf8' });
  const [{ files }] = JSON.parse(output) as [{ files: { path: string }[] }];
  return files.map(({ path }) => path);
}

describe('the tarball', () => {
  const files = packed('--dry-run');

  it('holds what runs, the types of its exports, the schema, and the documents that a package has, and nothing else', () => {
    const other = files.filter(
      (path) =>
        !/^dist\/(?:server|verify|client(?:\/gql)?)\/[^/]+\.js$/.test(path) &&
        !/^dist\/(?:verify|client(?:\/gql)?)\/[^/]+\.d\.ts$/.test(path) &&
        !/^dist\/dashboard\/(?:[^/]+\.html|assets\/[^/]+|docs\/.+\.(?:html|png|svg))(?:\.br|\.gz)?$/.test(path) &&
        !path.startsWith('schema/'),
    );
    const documents = ['CHANGELOG.md', 'LICENSE', 'README.md', 'SECURITY.md'];
    const licenses = ['dist/dashboard/licenses.md', 'dist/server/licenses.md'];
    expect(other.sort()).toEqual([...documents, 'dist/commit', ...licenses, 'package.json']);
    expect(files.filter((path) => /(?:^|\/)(?:test|bench)\/|\.test\.|\.map$|tsbuildinfo/.test(path))).toEqual([]);
  });

  it.each([
    ['dist/server', 'fastify'],
    ['dist/dashboard', 'react'],
  ])('holds the licences of what is built into %s', (folder, dependency) => {
    expect(readFileSync(join(ROOT, folder, 'licenses.md'), 'utf8')).toContain(`\n## ${dependency} - `);
  });

  it('holds what its package.json points at', () => {
    expect(files).toEqual(
      expect.arrayContaining([
        bin.keyledger,
        'schema/schema.graphql',
        'dist/dashboard/index.html',
        'dist/dashboard/docs/index.html',
      ]),
    );
    const { './package.json': own, './schema/*': schemas, ...modules } = exports;
    expect([own, schemas]).toEqual(['./package.json', './schema/*']);
    expect(Object.keys(modules)).toEqual(['./verify', './client']);
    for (const { types, default: code } of Object.values<{ types: string; default: string }>(modules))
      expect(files).toEqual(expect.arrayContaining([types.slice(2), code.slice(2)]));
  });
});

it('tells its version and its commit, on the command line and first in the log', async () => {
  const commit = readFileSync(join(ROOT, 'dist/commit'), 'utf8').trim();
  const { stdout } = await run(process.execPath, [join(ROOT, bin.keyledger), '--version']);
  expect(stdout).toBe(`${version} (${commit})\n`);
  const server = await startServer(temporaryDirectory());
  const first = server.output().match(/^\{.*\}$/m)?.[0] ?? '';
  expect(JSON.parse(first)).toMatchObject({ version, commit, node: process.version, msg: 'Keyledger starts' });
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  expect(metrics).toContain(`keyledger_build_info{version="${version}",commit="${commit}",node="${process.version}"} 1\n`);
});

/**
 * On Node 20, the install downloads the SQLite driver from a host that tests do not rely on. The driver of this checkout stands for
 * the download, by a setting of prebuild-install. On later Nodes, nothing is downloaded.
 */
function prebuiltDriver(): Record<string, string> {
  const major = Number(process.versions.node.split('.')[0]);
  if (major >= 22) return {};
  const folder = temporaryDirectory();
  const driver = join(ROOT, 'node_modules/better-sqlite3-node20');
  const release = JSON.parse(readFileSync(join(driver, 'package.json'), 'utf8')).version;
  const archive = `better-sqlite3-v${release}-node-v${process.versions.modules}-${process.platform}-${process.arch}.tar.gz`;
  execFileSync('tar', ['-czf', join(folder, archive), '-C', driver, 'build/Release/better_sqlite3.node']);
  return { npm_config_better_sqlite3_local_prebuilds: folder };
}

/** It installs more than two hundred packages, so it does not run every time. */
const itWhenAsked = process.env.KEYLEDGER_TEST_PACKAGE ? it : it.skip;

itWhenAsked(
  'runs from the tarball alone, in an empty folder',
  async () => {
    const folder = temporaryDirectory();
    // npm takes proxies and certificates from the environment.
    const environment = Object.fromEntries(Object.entries(process.env).map(([name, value = '']) => [name, value]));
    packed('--pack-destination', folder);
    writeFileSync(join(folder, 'package.json'), '{ "private": true }');
    const install = ['install', '--no-audit', '--no-fund', join(folder, `keyledger-${version}.tgz`)];
    const installed = await run('npm', install, { ...environment, ...prebuiltDriver() }, folder);
    expect(installed).toEqual({ code: 0, stdout: expect.any(String), stderr: expect.any(String) });
    const { stdout } = await run('npx', ['--no', '--', 'keyledger', '--version'], environment, folder);
    expect(stdout).toContain(version);
    const server = await startServer(join(folder, 'data'), {}, folder, [], [join(folder, 'node_modules/.bin/keyledger')]);
    const client = await server.client();
    const { secret } = await client.newKey();
    const program = `import { createVerifier } from 'keyledger/verify';
      import { createClient, ViewerDocument } from 'keyledger/client';
      const { key } = await createVerifier({ url: '${server.url}' }).verify('Bearer ${secret}');
      const { viewer } = await createClient({ url: '${server.url}', token: '${client.token}' }).send(ViewerDocument, {});
      console.log(key.account, viewer.accountId);`;
    const verified = await run(process.execPath, ['--input-type=module', '--eval', program], {}, folder);
    expect(verified.stdout).toBe(`${client.account} ${client.account}\n`);
  },
  900_000,
);
