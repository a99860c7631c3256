import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * The packages that we compare with. The last three are what better-auth's plugin needs beside it: without them, npm chooses newer ones
 * that exclude each other.
 */
const PACKAGES = {
  '@event-driven-io/emmett': '0.38.5',
  '@event-driven-io/emmett-sqlite': '0.38.5',
  'better-auth': '1.7.5',
  '@better-auth/api-key': '1.7.5',
  '@better-auth/core': '1.7.5',
  '@better-auth/utils': '0.4.2',
  'better-call': '1.4.0',
};
/** Git ignores this directory. npm runs the benchmarks in the project's directory. */
const DIRECTORY = resolve('test/bench/.peers');
const MANIFEST = join(DIRECTORY, 'package.json');
/** Says what is installed. It is written last. */
const INSTALLED = join(DIRECTORY, 'installed.json');
const MANIFEST_TEXT = JSON.stringify({ private: true, allowScripts: { sqlite3: true }, dependencies: PACKAGES });
/** Without a network, npm is to say so soon. */
const OPTIONS = ['--no-audit', '--no-fund', '--fetch-retries=1', '--fetch-retry-mintimeout=1000'];

export type Peer = keyof typeof PACKAGES;
export type Callable = (...args: unknown[]) => unknown;

/**
 * Installs the packages that we compare with, unless they are there. The first time takes minutes, since Emmett's driver is compiled.
 * @returns why they cannot be had, usually because there is no network; undefined if they are there
 */
export function installPeers(): string | undefined {
  if (existsSync(INSTALLED) && readFileSync(INSTALLED, 'utf8') === MANIFEST_TEXT) return undefined;
  process.stderr.write('Installing better-auth and Emmett. The first time, this takes minutes …\n');
  mkdirSync(DIRECTORY, { recursive: true });
  writeFileSync(MANIFEST, MANIFEST_TEXT);
  try {
    execFileSync('npm', ['install', '--prefix', DIRECTORY, ...OPTIONS], { stdio: ['ignore', 2, 2] });
  } catch {
    return 'the packages could not be installed. npm says why on standard error.';
  }
  writeFileSync(INSTALLED, MANIFEST_TEXT);
  return undefined;
}

/** Its name and its version. */
export function versionOf(peer: Peer): string {
  return `${peer} ${PACKAGES[peer]}`;
}

/** Loads an installed package. Nothing is known of what it holds: see `callable`. */
export async function importPeer(peer: Peer | `${Peer}/${string}`): Promise<unknown> {
  // Emmett resolves to its CommonJS build here, which has an ES module beside it.
  const entry = createRequire(MANIFEST)
    .resolve(peer)
    .replace(/\.cjs$/, '.js');
  return import(pathToFileURL(entry).href);
}

/**
 * The method of that name, bound to its object; without a name, the value itself.
 * @throws Error if it is no function
 */
export function callable(value: unknown, name?: string): Callable {
  const found = name === undefined ? value : property(value, name);
  if (typeof found !== 'function')
    throw new Error(`A package that we compare with has changed: ${name ?? 'a value'} is no function.`);
  return (...args) => Reflect.apply(found, value, args);
}

/** @throws Error if the value is no object */
export function property(value: unknown, name: string): unknown {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null)
    throw new Error(`There is no ${name} in ${value}.`);
  return Reflect.get(value, name);
}
