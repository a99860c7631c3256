import { readdirSync, readlinkSync } from 'node:fs';

/** The descriptors that this process has open of the file, also where it was deleted since (proc(5)). Journals do not count. */
export function descriptorsOf(path: string): string[] {
  return readdirSync('/proc/self/fd').filter((descriptor) => {
    try {
      const file = readlinkSync(`/proc/self/fd/${descriptor}`);
      return file === path || file === `${path} (deleted)`;
    } catch {
      return false;
    }
  });
}
