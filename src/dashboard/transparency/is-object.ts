import { isTooDeep } from '../../shared/nesting.js';

/** True if what was parsed from JSON is an object. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** True for the data or metadata of an event that can be read: an object that is not nested too deeply. */
export function isReadablePart(value: unknown): value is Record<string, unknown> {
  return isObject(value) && !isTooDeep(value);
}
