import { canonicalJson } from './canonical-json.js';

/** An event as the transparency log holds it: as stored, before any upcasting, and without its position. */
export interface Leaf {
  account: string;
  /** The event's version in its account's stream, from 1. */
  version: number;
  type: string;
  schemaVersion: number;
  id: string;
  data: object;
  metadata: object;
  /** A damaged event has no leaf: its `data` and `metadata` are not what is stored. */
  damage?: undefined;
}

/**
 * The leaf's text: canonical JSON (RFC 8785) of exactly these seven members. The tree hashes its UTF-8 bytes.
 * @throws NotJson
 */
export function canonicalLeaf({ account, version, type, schemaVersion, id, data, metadata }: Leaf): string {
  return canonicalJson({ account, data, id, metadata, schemaVersion, type, version });
}

/**
 * The leaf's bytes: its text in UTF-8.
 * @throws NotJson
 */
export function leafBytes(leaf: Leaf): Buffer {
  return Buffer.from(canonicalLeaf(leaf), 'utf8');
}
