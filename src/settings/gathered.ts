import { readFileSync, statSync } from 'node:fs';
import { hasCode } from '../shared/error-code.js';
import { textOf } from '../shared/file-text.js';
import { isMissing } from '../shared/is-there.js';
import { messageOf } from '../shared/message-of.js';
import { environment, FROM_FILES } from './environment.js';
import { fileSetting, misspeltSettings } from './names.js';
import { escaped, shown } from './shown.js';

/** More than any secret or connection string needs, in bytes. */
const LONGEST_FILE = 64 * 1024;

/** The settings as given, before they are parsed. */
export interface GivenSettings {
  /** Without surrounding white space. Empty values are left out. */
  values: Record<string, string>;
  /** The settings that came from a file, and the file of each. */
  files: ReadonlyMap<string, string>;
  /** What is certainly wrong, as messages for people. */
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

/** Removes surrounding white space from the values, then removes empty ones. */
export function trimmed(env: Record<string, string | undefined>): Record<string, string> {
  const entries = Object.entries(env).map(([name, value = '']) => [name, value.trim()] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== ''));
}

/** Finds settings that are wrong by their name alone, and values that libraries read themselves and could not parse. */
function nameFaults(values: Record<string, string>): string[] {
  const names = Object.keys(values);
  const misspelt = misspeltSettings(names).map(({ name, meant }) => `${escaped(name)} is not a setting; is ${meant} meant?`);
  const libraries = names.filter((name) => name.startsWith('OTEL_') && !Object.hasOwn(environment.shape, name));
  const broken = libraries.filter((name) => /\p{Cc}/u.test(values[name] ?? ''));
  return [...misspelt, ...broken.map((name) => `${escaped(name)} holds control characters; remove them`)];
}

/** @throws Error if it is not a regular file with a short text: a pipe might never end, and every worker reads the settings again */
function readSetting(file: string): string {
  const found = statSync(file);
  if (!found.isFile()) throw new Error('it is not a regular file');
  if (found.size > LONGEST_FILE) throw new Error(`it has more than ${LONGEST_FILE} bytes`);
  const value = textOf(readFileSync(file)).trim();
  if (value === '') throw new Error('it is empty');
  return value;
}

function reasonOf(error: unknown): string {
  if (isMissing(error)) return 'there is no such file';
  if (hasCode(error, 'EACCES')) return 'it may not be read';
  return messageOf(error);
}
