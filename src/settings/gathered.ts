import { readFileSync, statSync } from 'node:fs';
import { hasCode } from '../shared/error-code.js';
import { textOf } from '../shared/file-text.js';
import { environment, FROM_FILES } from './environment.js';
import { fileSetting, misspeltSettings } from './names.js';
import { escaped, shown } from './shown.js';

/** More than a secret or a connection string takes, in bytes. */
const LONGEST_FILE = 64 * 1024;

/** What the environment says, before any of it is understood. */
export interface GivenSettings {
  /** Without white space around them; what is empty is not there. */
  values: Record<string, string>;
  /** Which of them came from a file, and from which. */
  files: ReadonlyMap<string, string>;
  /** What cannot be meant so, for people. */
  faults: string[];
}

/** Gathers the settings from the environment and from the files that it names. */
export function gatherSettings(env: Record<string, string | undefined>): GivenSettings {
  const values = trimmed(env);
  const faults = nameFaults(values);
  const files = new Map<string, string>();
  for (const name of FROM_FILES) {
    const setting = fileSetting(name);
    const file = values[setting];
    if (file === undefined) continue;
    if (values[name] !== undefined) {
      faults.push(`${name} and ${setting} are both set; set one of them`);
      continue;
    }
    files.set(name, file);
    try {
      values[name] = readSetting(file);
    } catch (error) {
      faults.push(`${setting} is ${shown(setting, file)}; it must be a file with the setting: ${reasonOf(error)}`);
    }
  }
  return { values, files, faults };
}

/** The environment without white space around what it holds, and without what is empty then. */
export function trimmed(env: Record<string, string | undefined>): Record<string, string> {
  const entries = Object.entries(env).map(([name, value = '']) => [name, value.trim()] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== ''));
}

/** What is wrong by its name alone, or is read by libraries and could not be read as it is. */
function nameFaults(values: Record<string, string>): string[] {
  const names = Object.keys(values);
  const misspelt = misspeltSettings(names).map(({ name, meant }) => `${escaped(name)} is not a setting; is ${meant} meant?`);
  const libraries = names.filter((name) => name.startsWith('OTEL_') && !Object.hasOwn(environment.shape, name));
  const broken = libraries.filter((name) => /\p{Cc}/u.test(values[name] ?? ''));
  return [...misspelt, ...broken.map((name) => `${escaped(name)} holds control characters; remove them`)];
}

class UnfitFile extends Error {}

/** @throws Error where the file is not one with a short text: a pipe might never end, and every worker reads the settings again */
function readSetting(file: string): string {
  const found = statSync(file);
  if (!found.isFile()) throw new UnfitFile('it is not a regular file');
  if (found.size > LONGEST_FILE) throw new UnfitFile(`it has more than ${LONGEST_FILE} bytes`);
  const value = textOf(readFileSync(file)).trim();
  if (value === '') throw new UnfitFile('it is empty');
  return value;
}

function reasonOf(error: unknown): string {
  if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return 'there is no such file';
  if (hasCode(error, 'EACCES')) return 'it may not be read';
  return error instanceof Error ? error.message : String(error);
}
