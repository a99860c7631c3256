/** What this process has used so far, with all of its threads. */
export interface Used {
  /** Microseconds. */
  cpu: number;
  /** The maximum memory. */
  megabytes: number;
  /** The memory that it has now. */
  residentMegabytes: number;
}

export function usedSoFar(): Used {
  const { user, system } = process.cpuUsage();
  return {
    cpu: user + system,
    megabytes: process.resourceUsage().maxRSS / 1024,
    residentMegabytes: process.memoryUsage.rss() / 2 ** 20,
  };
}
