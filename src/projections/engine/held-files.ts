import { close, fstatSync, openSync } from 'node:fs';
import { identityOf } from './generations.js';

interface Held {
  holders: Set<symbol>;
  descriptors: number[];
}

/** The files that this process holds, by their identities. */
const files = new Map<string, Held>();

/**
 * Holds a file open beside SQLite. Whoever closes a deleted file last waits until the system has freed its space, which takes a third of a
 * second for a large one: so SQLite must not be the last. Returns what lets the file go, in another thread; call it after SQLite has closed
 * the file.
 *
 * The end of a descriptor ends all locks that the process has on the file, also SQLite's (sqlite.org/howtocorrupt.html, section 2.2). So
 * the descriptors of a file are closed only once nobody in this process holds it any more.
 * @param identity of the file that SQLite has open
 */
export function hold(path: string, identity: string | undefined): () => void {
  try {
    const descriptor = openSync(path, 'r');
    const key = identityOf(fstatSync(descriptor));
    const file = files.get(key) ?? { holders: new Set(), descriptors: [] };
    files.set(key, file);
    file.descriptors.push(descriptor);
    // Another file has the name by now, and SQLite may have it open: the descriptor stays for as long as anybody holds that.
    if (key !== identity) return () => {};
    const holder = Symbol(path);
    file.holders.add(holder);
    return () => {
      if (file.holders.delete(holder) && file.holders.size === 0) end(key, file);
    };
  } catch {
    // Somebody may have just deleted it. Then its end takes longer.
    return () => {};
  }
}

function end(key: string, { descriptors }: Held): void {
  files.delete(key);
  for (const descriptor of descriptors) close(descriptor, () => {});
}
