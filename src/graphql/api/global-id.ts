import { BadUserInput } from './errors.js';

/** The description of every field `id`. */
export const GLOBAL_ID = 'The id of this object in the whole API, for the query `node`. It is opaque: do not take it apart.';

/** The type name in the ids of all events. An event keeps its id when a later version of Keyledger knows its type. */
const EVENT = 'Event';
const EVENT_TYPES = [
  'KeyCreated',
  'KeyDeleted',
  'KeyExpirySet',
  'KeyRenamed',
  'KeyDisabled',
  'KeyEnabled',
  'AccountFrozen',
  'AccountThawed',
  'UnknownKeyEvent',
];

export function toGlobalId(typename: string, id: string | number | bigint): string {
  const name = EVENT_TYPES.includes(typename) ? EVENT : typename;
  return Buffer.from(`${name}:${id}`).toString('base64url');
}

/**
 * The id of the object, and the type that loads it. For any event this is `UnknownKeyEvent`, since its type is known only after loading.
 * @throws BadUserInput
 */
export function fromGlobalId(globalId: string): { typename: string; id: string } {
  const [, name, id] = /^(\w+):(.+)$/s.exec(Buffer.from(globalId, 'base64url').toString()) ?? [];
  if (name === undefined || id === undefined || EVENT_TYPES.includes(name)) throw noSuchId();
  return { typename: name === EVENT ? 'UnknownKeyEvent' : name, id };
}

export function noSuchId(): BadUserInput {
  return new BadUserInput('id must be an `id` from an earlier answer', ['id']);
}
