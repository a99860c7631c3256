import { readdirSync, readlinkSync } from 'node:fs';

/**
 * The descriptors that a process, by default this one, has open of the file, also where it was deleted since (proc(5)). Journals do not
 * count.
 */
export function descriptorsOf(path: string, pid: number | 'self' = 'self'): string[] {
  return readdirSync(`/proc/${pid}/fd`).filter((descriptor) => {
    try {
      const file = readlinkSync(`/proc/${pid}/fd/${descriptor}`);
      return file === path || file === `${path} (deleted)`;
    } catch {
      return false;
    }
  });
}
