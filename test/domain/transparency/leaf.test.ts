import { readFileSync } from 'node:fs';
import { toHex } from '../../../src/domain/transparency/bytes.js';
import { canonicalLeaf, leafBytes } from '../../../src/domain/transparency/leaf.js';
import { hashLeaf, hashLeafText } from '../../../src/domain/transparency/merkle-tree.js';
import { webHashLeaf } from '../../../src/domain/transparency/web-hashes.js';

const sample = JSON.parse(readFileSync(new URL('../../../schema/events/KeyDeleted.1.json', import.meta.url), 'utf8'));
const leaf = { account: 'acme', version: 7, ...sample };

/** Contracts that outlive a release: if either changes, no kept checkpoint verifies any more. */
const TEXT =
  '{"account":"acme","data":{"keyId":"key_1aB2cD3eF4gH5iJ6kL7mN8","reason":"ROTATED","replacedBy":"key_3yZe7mBqRkT0aVxWcD9uFp"},' +
  '"id":"6a1f6c0e-54c5-4d7e-8d55-8f5f4c2f0b02","metadata":{"actor":"auth0|alice","at":"2026-01-31T12:34:56.789Z",' +
  '"correlationId":"0b6d3d0e-8f3a-4a57-9d0c-3f4f3f6f8a11"},"schemaVersion":1,"type":"KeyDeleted","version":7}';
const HASH = 'ff1911fb2977a25fb3b8400cf68e91b7072ff81ac0ce61ab54d6d230a8620b9d';

it('is the canonical JSON of seven members, in UTF-8', () => {
  expect(canonicalLeaf(leaf)).toBe(TEXT);
  expect(leafBytes({ ...leaf, account: 'ö' }).toString('latin1')).toContain('{"account":"\u00c3\u00b6",');
});

it('has the same hash forever, also in a browser', async () => {
  expect(hashLeaf(leafBytes(leaf)).toString('hex')).toBe(HASH);
  expect(hashLeafText(canonicalLeaf(leaf)).toString('hex')).toBe(HASH);
  expect(toHex(await webHashLeaf(canonicalLeaf(leaf)))).toBe(HASH);
});

it.each(['', 'a', 'ö', '\u0000', '🔑 „key”', 'x'.repeat(1000)])(
  'has the same hash from its text as from its bytes: %j',
  (text) => {
    expect(hashLeafText(text)).toEqual(hashLeaf(Buffer.from(text, 'utf8')));
  },
);

it('holds nothing of where a store keeps the event', () => {
  expect(canonicalLeaf({ ...leaf, stream: 'apiKeys-acme', position: 12 })).toBe(TEXT);
});

it('is the same for members left out and members undefined, as the stores differ in it', () => {
  expect(canonicalLeaf({ ...leaf, metadata: { causationId: undefined, ...leaf.metadata } })).toBe(TEXT);
});

it.each(['account', 'version', 'type', 'schemaVersion', 'id', 'data', 'metadata'])('is another for another %s', (member) => {
  expect(canonicalLeaf({ ...leaf, [member]: { other: 1 } })).not.toBe(TEXT);
});
