import { constants, copyFile, type FileHandle, open } from 'node:fs/promises';

/** Writes a file that only its owner may read, and that is on disk when this resolves. @throws Error where there is one */
export async function writeDurably(file: string, text: string): Promise<void> {
  await withFile(file, 'wx', async (handle) => {
    await handle.writeFile(text);
    await handle.sync();
  });
}

/** Copies a file to one that only its owner may read, and that is on disk when this resolves. @throws Error where there is one */
export async function copyDurably(from: string, to: string): Promise<void> {
  await copyFile(from, to, constants.COPYFILE_EXCL);
  await makeDurable(to);
}

/** From its return on, what the file holds is on disk, and only its owner may read it. */
export async function makeDurable(file: string): Promise<void> {
  await withFile(file, 'r+', async (handle) => {
    await handle.chmod(0o600);
    await handle.sync();
  });
}

/** From its return on, it is on disk which files the directory holds. */
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
