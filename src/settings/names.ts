import { closest, distance } from 'fastest-levenshtein';
import { environment, FROM_FILES } from './environment.js';

const PREFIX = 'KEYLEDGER_';

/** What Kubernetes sets for a service that is called `keyledger`, and what tests are told. */
const FOREIGN = /^KEYLEDGER_(?:SERVICE_|PORT|TEST_)/;

const NAMES = Object.keys(environment.shape);
const KNOWN = new Set([...NAMES, ...FROM_FILES.map(fileSetting)]);
const OURS = [...KNOWN].filter((name) => name.startsWith(PREFIX));

/** How many letters may differ in a name that is meant to be another, and at most what part of it; without the prefix. */
const NEAR = { letters: 3, part: 0.5 };

/** How many letters may differ where the prefix itself is misspelt. */
const NEAR_WHOLE = 2;

/** The setting that names the file which holds the setting. */
export function fileSetting(name: string): string {
  return `${name}_FILE`;
}

/** A name that is no setting, and the setting that it is nearly. */
export interface Misspelt {
  name: string;
  meant: string;
}

/** Of these names, those that are nearly a setting's: by a letter or three, by their case, without or with the prefix. */
export function misspeltSettings(names: readonly string[]): Misspelt[] {
  return names.flatMap((name) => {
    const meant = KNOWN.has(name) || FOREIGN.test(name) ? undefined : meantBy(name);
    return meant === undefined ? [] : [{ name, meant }];
  });
}

/** Of these names, those that look like a setting's, and are no setting, nor nearly one. */
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
