import { SECRETS } from './environment.js';

/** The scheme of a connection string. What follows may contain a password, also in a place where none belongs. */
const SCHEME = /^(?:esdb(?:\+discover)?:\/\/)?/i;

/** User name and password in an address, whatever they contain, even if the address is malformed. */
const CREDENTIALS = /^([\w+]+:\/\/)?.*@/s;

/** Text in the place of a port that is not one: a truncated address may end in a password. */
const NO_PORT = /^([\w+]+:\/\/)[^/?]*:(?!\d{1,5}(?:[,/?]|$)).*/s;

/** How much of a value is shown, in characters. */
const LONGEST = 200;

/** Formats a setting's value for messages: on one line, without secrets. */
export function shown(name: string, value: string): string {
  if (SECRETS.includes(name)) return '(hidden)';
  if (name === 'KEYLEDGER_STORE' && !/^sqlite:/i.test(value)) return `"${SCHEME.exec(value)?.[0] ?? ''}(hidden)"`;
  const open = value.includes('@') ? value.replace(CREDENTIALS, '$1(hidden)@') : value.replace(NO_PORT, '$1(hidden)');
  const characters = [...open];
  const cut = characters.length > LONGEST ? `${characters.slice(0, LONGEST).join('')}…` : open;
  return `"${escaped(cut)}"`;
}

/** Puts the text on one line and escapes everything invisible. */
export function escaped(text: string): string {
  const controls = JSON.stringify(text).slice(1, -1);
  return controls.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}
