/** The maximum depth of arrays and objects in JSON that other programs wrote. `JSON.stringify` overflows the stack at a few thousand. */
export const MAX_DEPTH = 500;

/** True if arrays and objects are nested more than `levels` deep in a value that JSON was parsed to. */
export function isTooDeep(value: unknown, levels = MAX_DEPTH): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  for (const member of Object.values(value)) if (isTooDeep(member, levels - 1)) return true;
  return false;
}
