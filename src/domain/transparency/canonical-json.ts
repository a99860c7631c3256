/**
 * The canonical JSON text of a value (RFC 8785, JCS): members sorted by the UTF-16 code units of their names (3.2.3), numbers and strings
 * as ECMAScript writes them (3.2.2), no white space. Members that are undefined are left out.
 * @throws NotJson
 */
export function canonicalJson(value: unknown): string {
  return isInOrder(value) ? JSON.stringify(value) : textOf(value);
}

/**
 * The same object with its members in canonical order, at every depth, without those that are undefined. `JSON.stringify` then gives the
 * canonical text.
 * @throws NotJson
 */
export function inCanonicalOrder(value: object): object {
  return JSON.parse(canonicalJson(value));
}

function textOf(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return canonicalString(value);
    case 'number':
      if (!Number.isFinite(value)) throw new NotJson(`the number ${value}`);
      return JSON.stringify(value);
    case 'boolean':
      return String(value);
    case 'object':
      if (value === null) return 'null';
      return Array.isArray(value) ? canonicalArray(value) : canonicalObject(value);
    default:
      throw new NotJson(`a value of type ${typeof value}`);
  }
}

/** True if `JSON.stringify` gives the canonical text, which takes half the time. Events are stored in this order. */
function isInOrder(value: unknown): boolean {
  switch (typeof value) {
    case 'string':
      return value.isWellFormed();
    case 'number':
      return Number.isFinite(value);
    case 'boolean':
      return true;
    case 'object':
      return value === null || (Array.isArray(value) ? areInOrder(value) : hasMembersInOrder(value));
    default:
      return false;
  }
}

/** Visits holes too, like `canonicalArray`. */
function areInOrder(items: readonly unknown[]): boolean {
  for (const item of items) if (!isInOrder(item)) return false;
  return true;
}

function hasMembersInOrder(value: object): boolean {
  if (!isPlain(value)) return false;
  let last = '';
  for (const name of Object.keys(value)) {
    if (name < last || !name.isWellFormed() || !isInOrder(value[name])) return false;
    last = name;
  }
  return true;
}

/** The value has no canonical JSON text (RFC 8785). The message quotes no string: it may come into a log, and a key's name may not. */
export class NotJson extends Error {
  constructor(what: string) {
    super(`JSON cannot hold ${what}, so the value has no canonical form (RFC 8785).`);
  }
}

/** JSON writes these characters as they are: ASCII without control characters, quotation mark and backslash. */
const PLAIN = /^[ !#-[\]-~]*$/;

function canonicalString(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`;
  if (!text.isWellFormed()) throw new NotJson('a string with half of a surrogate pair');
  return JSON.stringify(text);
}

/** `Array.from` visits holes too, so they are refused like any other undefined. */
function canonicalArray(items: readonly unknown[]): string {
  return `[${Array.from(items, (item) => textOf(item)).join(',')}]`;
}

function canonicalObject(value: object): string {
  if (!hasMembers(value)) throw new NotJson(`an ${kindOf(value)}`);
  let text = '';
  for (const name of Object.keys(value).sort()) {
    const member = value[name];
    if (member !== undefined) text += `${text && ','}${canonicalString(name)}:${textOf(member)}`;
  }
  return `{${text}}`;
}

/** True for what JSON is parsed to, which has no `toJSON`. */
function isPlain(value: object): value is Record<string, unknown> {
  return Object.getPrototypeOf(value) === Object.prototype;
}

function hasMembers(value: object): value is Record<string, unknown> {
  return kindOf(value) === '[object Object]';
}

function kindOf(value: object): string {
  return Object.prototype.toString.call(value);
}
