import { SECRETS } from './environment.js';

/** The scheme of a connection string. What follows may contain a password, also in a place where none belongs. */
const SCHEME = /^(?:esdb(?:\+discover)?:\/\/)?/i;

/** An address, even a malformed one: its scheme, user name and password, whatever they contain, and what follows. */
const ADDRESS = /^([\w+]+:\/\/)?(.*@)?(.*)$/s;

/** A colon without a port behind it. In an address that was truncated or pasted twice, a password may follow. */
const NO_PORT = /:(?!\d{1,5}(?:[,/?]|$))/;

/** How much of a value is shown, in characters. */
const LONGEST = 200;

/** Formats a setting's value for messages: on one line, without secrets. */
export function shown(name: string, value: string): string {
  if (SECRETS.includes(name)) return '(hidden)';
  if (name === 'KEYLEDGER_STORE' && !/^sqlite:/i.test(value)) return `"${SCHEME.exec(value)?.[0] ?? ''}(hidden)"`;
  const open = /:\/\/|@/.test(value) ? withoutPassword(value) : value;
  const characters = [...open];
  const cut = characters.length > LONGEST ? `${characters.slice(0, LONGEST).join('')}…` : open;
  return `"${escaped(cut)}"`;
}

function withoutPassword(address: string): string {
  const [, scheme = '', credentials = '', rest = ''] = ADDRESS.exec(address) ?? [];
  return `${scheme}${credentials && '(hidden)@'}${NO_PORT.test(rest) ? '(hidden)' : rest}`;
}

/** Puts the text on one line and escapes everything invisible. */
export function escaped(text: string): string {
  const controls = JSON.stringify(text).slice(1, -1);
  return controls.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}
