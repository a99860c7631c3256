import { constants, copyFile, type FileHandle, open, rm } from 'node:fs/promises';

/**
 * Writes a file that only its owner may read. It is on disk when the promise resolves.
 * @throws Error if the file exists
 */
export async function writeDurably(file: string, text: string): Promise<void> {
  await withFile(file, 'wx', async (handle) => {
    await handle.writeFile(text);
    await handle.sync();
  });
}

/**
 * Copies a file to a new one that only its owner may read. The copy is on disk when the promise resolves.
 * @throws Error if the target exists, or if the disk fails; then no copy is left
 */
export async function copyDurably(from: string, to: string): Promise<void> {
  await copyFile(from, to, constants.COPYFILE_EXCL);
  try {
    await makeDurable(to);
  } catch (error) {
    await rm(to, { force: true });
    throw error;
  }
}

/** Flushes a file to disk and makes it readable by its owner only. */
export async function makeDurable(file: string): Promise<void> {
  await withFile(file, 'r+', async (handle) => {
    await handle.chmod(0o600);
    await handle.sync();
  });
}

/** Flushes a file to disk. */
export async function syncFile(file: string): Promise<void> {
  await withFile(file, 'r+', (handle) => handle.sync());
}

/** Flushes a directory to disk: the list of files that it holds. */
export async function syncDirectory(directory: string): Promise<void> {
  await withFile(directory, 'r', (handle) => handle.sync());
}

async function withFile(path: string, flags: string, work: (handle: FileHandle) => Promise<void>): Promise<void> {
  const handle = await open(path, flags, 0o600);
  try {
    await work(handle);
  } finally {
    await handle.close();
  }
}
