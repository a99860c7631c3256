import { Pseudonyms } from '../domain/analytics/pseudonyms.js';
import { DATA_FILE } from '../shared/data-files.js';
import { auditProjections, keysProjections } from './all-projections.js';
import { makeAnalytics } from './analytics/make-analytics.js';
import type { MakeProjections } from './engine/fill.js';

/**
 * Creates the projections of each file.
 * @param pseudonymKey undefined if there are no analytics
 */
export function projectionsOf(pseudonymKey: Uint8Array | undefined): MakeProjections {
  const makers = new Map<string, ReturnType<MakeProjections>>([
    [DATA_FILE.keys, keysProjections],
    [DATA_FILE.projections, auditProjections],
  ]);
  if (pseudonymKey) makers.set(DATA_FILE.analytics, makeAnalytics(new Pseudonyms(pseudonymKey)));
  return (file) => {
    const make = makers.get(file);
    if (!make) throw new Error(`There are no projections for a file ${file}.`);
    return make;
  };
}
