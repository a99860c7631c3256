import { closest, distance } from 'fastest-levenshtein';
import { environment, FROM_FILES } from './environment.js';

const PREFIX = 'KEYLEDGER_';

/** Variables that Kubernetes sets for a service called `keyledger`, and those for tests. */
const FOREIGN = /^KEYLEDGER_(?:SERVICE_|PORT|TEST_)/;

const NAMES = Object.keys(environment.shape);
const KNOWN = new Set([...NAMES, ...FROM_FILES.map(fileSetting)]);
const OURS = [...KNOWN].filter((name) => name.startsWith(PREFIX));

/** How many letters may differ in a misspelt name, and the maximum part of the name; without the prefix. */
const NEAR = { letters: 3, part: 0.5 };

/** How many letters may differ if the prefix itself is misspelt. */
const NEAR_WHOLE = 2;

/** The setting that names the file with the value of a setting. */
export function fileSetting(name: string): string {
  return `${name}_FILE`;
}

/** A name that is not a setting, and the setting that it resembles. */
export interface Misspelt {
  name: string;
  meant: string;
}

/** Finds the names that are nearly a setting's: one to three letters differ, or the case, or the prefix is missing or superfluous. */
export function misspeltSettings(names: readonly string[]): Misspelt[] {
  return names.flatMap((name) => {
    const meant = KNOWN.has(name) || FOREIGN.test(name) ? undefined : meantBy(name);
    return meant === undefined ? [] : [{ name, meant }];
  });
}

/** Finds the names that look like a setting's but are neither a setting's nor nearly one. */
export function unknownSettings(names: readonly string[]): string[] {
  return names.filter((name) => isPrefixed(name) && !KNOWN.has(name) && !FOREIGN.test(name) && meantBy(name) === undefined);
}

function meantBy(name: string): string | undefined {
  const upper = name.toUpperCase();
  if (!isPrefixed(name)) {
    const near = closest(upper, OURS);
    return distance(upper, near) <= NEAR_WHOLE ? near : undefined;
  }
  const rest = upper.slice(PREFIX.length);
  const unprefixed = [rest, upper.replace(/_FILE$/, '')].find((shorter) => KNOWN.has(shorter));
  if (unprefixed !== undefined) return unprefixed;
  const near = closest(
    rest,
    OURS.map((ours) => ours.slice(PREFIX.length)),
  );
  const letters = distance(rest, near);
  const isNear = letters <= NEAR.letters && letters < NEAR.part * Math.max(rest.length, near.length);
  return isNear ? `${PREFIX}${near}` : undefined;
}

function isPrefixed(name: string): boolean {
  return name.toUpperCase().startsWith(PREFIX);
}
