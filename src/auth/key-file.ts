import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * The content of a file that only its owner may read, made by `make` when it is not there. Of processes that start at once,
 * one makes it, and all read that one's; a crash leaves the whole file or none.
 */
export async function readOrCreate(file: string, make: () => Promise<string>): Promise<string> {
  const existing = await readIfThere(file);
  if (existing !== undefined) return existing;
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomUUID()}`;
  const handle = await open(draft, 'wx', 0o600);
  try {
    await handle.writeFile(await make());
    await handle.sync();
    await link(draft, file).catch(ignore('EEXIST'));
  } finally {
    await handle.close();
    await unlink(draft);
  }
  return readFile(file, 'utf8');
}

function readIfThere(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(ignore('ENOENT'));
}

function ignore(code: string): (error: NodeJS.ErrnoException) => undefined {
  return (error) => {
    if (error.code !== code) throw error;
    return undefined;
  };
}
