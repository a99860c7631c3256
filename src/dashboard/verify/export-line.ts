import type { Leaf } from '../../domain/transparency/leaf.js';
import type { Extension } from '../../domain/transparency/verify-extension.js';
import { isObject, isReadablePart } from '../transparency/is-object.js';

/** A line of an export: an event as stored, its place, and the hash that the log holds of it. */
export interface EventLine extends Leaf {
  metadata: { at: string };
  position: number;
  /** The leaf's hash in base64. */
  leaf: string;
  /** From 0, in the order of the log. */
  leafIndex: number;
  /** The path to the root in base64, lowest first; only in a filtered export. */
  proof?: string[];
}

/** The last line of an export. */
export interface LastLine {
  /** A signed note. Null if the server could not sign; `reason` then says why. */
  checkpoint: string | null;
  reason?: string;
  complete?: false;
  /** Only in a filtered export: how its tree extends those of checkpoints that were kept. */
  extends?: Extension[];
}

/** The line is not one of an export. */
export class MalformedLine extends Error {}

/**
 * Parses a line, without its newline. It must be character by character what an export writes: nothing else could be put in.
 * @throws MalformedLine
 */
export function parseLine(text: string): EventLine | LastLine {
  const value = jsonOf(text);
  const line = isLastLine(value) ? lastOf(value) : isEventLine(value) ? eventOf(value) : undefined;
  if (!line) throw new MalformedLine('it is not an event or a checkpoint as an export writes it');
  if (JSON.stringify(line) !== text) throw new MalformedLine('it is not written as an export writes it');
  return line;
}

function eventOf(line: EventLine): EventLine {
  const { position, account, version, type, schemaVersion, id, data, metadata, leaf, leafIndex, proof } = line;
  const members = { position, account, version, type, schemaVersion, id, data, metadata, leaf, leafIndex };
  return proof ? { ...members, proof } : members;
}

function lastOf({ checkpoint, reason, complete, extends: extended }: LastLine): LastLine {
  const extensions = extended?.map(({ size, path }) => ({ size, path }));
  return {
    checkpoint,
    ...(reason !== undefined && { reason }),
    ...(complete !== undefined && { complete }),
    ...(extensions && { extends: extensions }),
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new MalformedLine('it is not JSON');
  }
}

function isLastLine(value: unknown): value is LastLine {
  if (!isObject(value) || !('checkpoint' in value)) return false;
  const { checkpoint, reason, complete, extends: extended } = value;
  return (
    (isText(checkpoint) || checkpoint === null) &&
    (reason === undefined || isText(reason)) &&
    (complete === undefined || complete === false) &&
    (extended === undefined || (Array.isArray(extended) && extended.every(isExtension)))
  );
}

function isExtension(value: unknown): value is Extension {
  return isObject(value) && Number.isSafeInteger(value.size) && Array.isArray(value.path) && value.path.every(isText);
}

function isEventLine(value: unknown): value is EventLine {
  if (!isObject(value) || !isReadablePart(value.data) || !isReadablePart(value.metadata)) return false;
  const { position, version, schemaVersion, leafIndex, account, type, id, leaf, metadata, proof } = value;
  const texts = [account, type, id, leaf, metadata.at, ...(Array.isArray(proof) ? proof : [])];
  return (
    [position, version, schemaVersion, leafIndex].every((count) => Number.isSafeInteger(count) && Number(count) >= 0) &&
    texts.every(isText) &&
    (proof === undefined || Array.isArray(proof))
  );
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
