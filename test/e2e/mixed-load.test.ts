import { existsSync, readFileSync } from 'node:fs';
import { temporaryDirectory } from '../support/cleanup.js';
import { complaintsIn, LATE_ANSWER } from '../support/complaints.js';
import { LoadedAccount } from '../support/loaded-account.js';
import { isLong, oneUnlessLong, rounds } from '../support/long.js';
import { startServer } from '../support/server.js';
import { STORES, storeSettings } from '../support/two-servers.js';

const SECONDS = Number(process.env.KEYLEDGER_TEST_LOAD_SECONDS ?? rounds(3, 30));
const ACCOUNTS = rounds(3, 8);
/** How many checks each account has in flight. */
const CHECKS = 3;
/** How often the memory is measured. */
const PARTS = 30;
const TOKEN = 'x'.repeat(32);

/** The memory of the process, in KiB; undefined if the system does not report it (proc(5)). */
function residentMemory(pid = 0): number | undefined {
  const file = `/proc/${pid}/status`;
  return existsSync(file) ? Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(file, 'utf8'))?.[1]) : undefined;
}

/** Applies load for that many seconds: changes one after another on each account, and checks meanwhile. */
async function load(accounts: LoadedAccount[], seconds: number): Promise<void> {
  const end = performance.now() + 1000 * seconds;
  const repeat = async (work: () => Promise<void>) => {
    while (performance.now() < end) await work();
  };
  const each = (account: LoadedAccount) => [
    repeat(() => account.change()),
    ...Array.from({ length: CHECKS }, () => repeat(() => account.check())),
  ];
  await Promise.all(accounts.flatMap(each));
}

const total = (accounts: LoadedAccount[], kind: keyof LoadedAccount['counts']) =>
  accounts.reduce((sum, { counts }) => sum + counts[kind], 0);

describe.each(oneUnlessLong(STORES))('on %s', (name, connectionString, it) => {
  it(
    `gives no wrong answer in ${SECONDS} seconds of mixed load, logs no warning, and in a long run needs no more and more memory`,
    async () => {
      const env = { KEYLEDGER_INTROSPECTION_TOKEN: TOKEN, KEYLEDGER_TRUSTED_PROXIES: '127.0.0.1' };
      const server = await startServer(temporaryDirectory(), { ...storeSettings(connectionString), ...env });
      const clients = await Promise.all(Array.from({ length: ACCOUNTS }, () => server.client()));
      const accounts = clients.map((client) => new LoadedAccount(client, TOKEN));
      const memory: (number | undefined)[] = [];
      const watch = setInterval(() => memory.push(residentMemory(server.process.pid)), (1000 * SECONDS) / PARTS);
      await load(accounts, SECONDS).finally(() => clearInterval(watch));
      const counts = Object.fromEntries(
        (['changes', 'accepted', 'refused', 'either'] as const).map((kind) => [kind, total(accounts, kind)]),
      );
      if (process.env.KEYLEDGER_TEST_FIGURES) {
        const mib = memory.map((kib = 0) => Math.round(kib / 1024)).join(' ');
        process.stdout.write(`${name}: ${JSON.stringify(counts)}; resident memory, MiB, over time: ${mib}\n`);
      }

      expect(accounts.flatMap(({ wrong }) => wrong)).toEqual([]);
      for (const kind of ['changes', 'accepted', 'refused'] as const) expect(counts[kind]).toBeGreaterThan(0);
      expect(complaintsIn(server.output(), LATE_ANSWER)).toEqual([]);
      // No time is asserted. After the first third, the heap has reached its size; SQLite's caches (at most 16 and 24 MiB) may still fill;
      // a leak grows with every request. A few seconds of load show neither.
      const [warm, end] = [memory[Math.floor(memory.length / 3)], memory.at(-1)];
      if (isLong && warm !== undefined) expect(end).toBeLessThan(1.5 * warm);
      expect(await server.end('SIGTERM')).toBe(0);
    },
    900_000 + 2000 * SECONDS,
  );
});
