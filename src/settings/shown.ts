import { FROM_FILES, SECRETS } from './environment.js';

/** User name and password in an address, whatever they hold; also where the address is not well formed. */
const CREDENTIALS = /^([\w+]+:\/\/)?.*@/s;

/** What stands where a port should, and is none: an address that lacks its end may end in a password. */
const NO_PORT = /^([\w+]+:\/\/)[^/?]*:(?!\d{1,5}(?:[,/?]|$)).*/s;

/** Values of options in an address. */
const OPTIONS = /([?&][^=&]*=)[^&]*/g;

/** How much of a value is shown, in characters. */
const LONGEST = 200;

/** The value of the setting as messages show it: on one line, without what is secret. */
export function shown(name: string, value: string): string {
  if (SECRETS.includes(name)) return '(hidden)';
  const open = value.includes('@') ? value.replace(CREDENTIALS, '$1(hidden)@') : value.replace(NO_PORT, '$1(hidden)');
  const plain = FROM_FILES.includes(name) ? open.replace(OPTIONS, '$1(hidden)') : open;
  const characters = [...plain];
  const cut = characters.length > LONGEST ? `${characters.slice(0, LONGEST).join('')}…` : plain;
  return `"${escaped(cut)}"`;
}

/** The text on one line, with everything that nobody can see escaped. */
export function escaped(text: string): string {
  const controls = JSON.stringify(text).slice(1, -1);
  return controls.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}
