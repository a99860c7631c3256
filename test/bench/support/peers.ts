import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const PACKAGES = ['@event-driven-io/emmett@0.38.5', '@event-driven-io/emmett-sqlite@0.38.5'];
/** Git ignores this directory. npm runs the benchmarks in the project's directory. */
const DIRECTORY = resolve('test/bench/peers');
const MANIFEST = join(DIRECTORY, 'package.json');
const MANIFEST_TEXT = '{ "private": true, "allowScripts": { "sqlite3": true } }\n';
/** The last file that an installation creates. */
const INSTALLED = join(DIRECTORY, 'node_modules/sqlite3/build/Release/node_sqlite3.node');

/** The part of Emmett's store that is measured. */
export interface EmmettStore {
  appendToStream(stream: string, events: { type: string; data: object }[]): Promise<unknown>;
}

interface Emmett {
  getSQLiteEventStore(options: { fileName: string; schema: { autoMigration: 'CreateOrUpdate' } }): EmmettStore;
}

/** Installs the packages that we compare with, unless they are there. The first time takes a minute, since Emmett's driver is compiled. */
export function installPeers(): void {
  if (existsSync(INSTALLED)) return;
  process.stderr.write('Installing Emmett, which takes a minute …\n');
  mkdirSync(DIRECTORY, { recursive: true });
  writeFileSync(MANIFEST, MANIFEST_TEXT);
  execFileSync('npm', ['install', '--no-audit', '--no-fund', ...PACKAGES], { cwd: DIRECTORY, stdio: ['ignore', 2, 2] });
}

/** Opens Emmett's SQLite store as it is shipped. */
export async function openEmmett(fileName: string): Promise<EmmettStore> {
  const entry = createRequire(MANIFEST)
    .resolve('@event-driven-io/emmett-sqlite')
    .replace(/\.cjs$/, '.js');
  const { getSQLiteEventStore } = (await import(pathToFileURL(entry).href)) as Emmett;
  return getSQLiteEventStore({ fileName, schema: { autoMigration: 'CreateOrUpdate' } });
}
