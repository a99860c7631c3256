import { NotText, textOf } from '../../src/shared/file-text.js';

const TEXT = 'ключ — key\n\n🔑\n';
const utf16 = Buffer.from(`\ufeff${TEXT}`, 'utf16le');

it.each<[as: string, bytes: Buffer]>([
  ['UTF-8', Buffer.from(TEXT)],
  ['UTF-8 with a byte-order mark', Buffer.from(`\ufeff${TEXT}`)],
  ['UTF-16, little-endian', utf16],
  ['UTF-16, big-endian', Buffer.from(utf16).swap16()],
  ['lines of Windows', Buffer.from(TEXT.replaceAll('\n', '\r\n'))],
  ['lines of old Macs', Buffer.from(TEXT.replaceAll('\n', '\r'))],
  ['all of it', Buffer.from(`\ufeff${TEXT.replaceAll('\n', '\r\n')}`, 'utf16le')],
])('reads %s', (_as, bytes) => {
  expect(textOf(bytes)).toBe(TEXT);
});

it.each<[what: string, bytes: Buffer]>([
  ['Latin-1', Buffer.from('é', 'latin1')],
  ['UTF-16 without a mark', Buffer.from('key', 'utf16le')],
  ['half a letter of UTF-16', utf16.subarray(0, -1)],
  ['a database', Buffer.from('SQLite format 3\0')],
  ['what was compressed', Buffer.from([0x1f, 0x8b, 8, 0])],
])('refuses %s', (_what, bytes) => {
  expect(() => textOf(bytes)).toThrow(NotText);
});

it('takes nothing for an empty text', () => {
  expect([textOf(Buffer.alloc(0)), textOf(Buffer.from('\ufeff'))]).toEqual(['', '']);
});
