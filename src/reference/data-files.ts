import { DATA_FILE, KEPT_FILES, lostEventsFile, rebuiltFile } from '../shared/data-files.js';
import { code, page, pageHead, table } from './markdown.js';

interface DataFile {
  name: string;
  what: string;
  /** Whether it may be deleted, and the consequences. */
  deletion: string;
  mode: string;
}

/** All files of a data directory. A test starts servers and checks that there are no others. */
export const DATA_FILES: DataFile[] = [
  {
    name: DATA_FILE.log,
    what: 'The log on SQLite: every event. `KEYLEDGER_STORE=sqlite:FILE` gives it another name. It is not there on EventStoreDB.',
    deletion: 'Never. All keys and their history are lost.',
    mode: 'by the umask',
  },
  {
    name: DATA_FILE.issuerKey,
    what: 'The private key of the local token issuer. It is not there where an identity provider is set.',
    deletion: 'A new key is made at the next start. All tokens and sessions are refused from then on.',
    mode: '0600',
  },
  {
    name: DATA_FILE.logKey,
    what: 'The private key that signs checkpoints, on SQLite without `KEYLEDGER_LOG_KEY`.',
    deletion: 'A new key is made at the next start. Auditors need the old public key, too.',
    mode: '0600',
  },
  {
    name: DATA_FILE.pseudonymKey,
    what: "The key that makes the analysts' pseudonyms, on SQLite without `KEYLEDGER_PSEUDONYM_KEY`.",
    deletion: 'A new key is made at the next start. Every account and key gets another pseudonym.',
    mode: '0600',
  },
  {
    name: DATA_FILE.checkpoints,
    what: 'The newest checkpoints that were signed here, 1,000 at least, and the last of each name, one note after another; at most 1 MiB. Before a new one is signed, the log is compared with them.',
    deletion: 'Never. It is what shows that nobody has shortened or rewritten the log.',
    mode: '0600',
  },
  {
    name: DATA_FILE.projections,
    what: 'What queries and verification read: keys, history, usage, the Merkle tree.',
    deletion:
      'While no process runs, and the log lacks nothing: `keyledger recover` puts lost events back from it. It is filled from the log again at the next start, before `/readyz` answers 200.',
    mode: 'by the umask',
  },
  {
    name: DATA_FILE.analytics,
    what: 'What analysts read: the [SQL views](sql-views.md), and the tables behind them. It holds pseudonyms only.',
    deletion: 'While no process runs. It is filled from the log again at the next start.',
    mode: 'by the umask',
  },
  {
    name: `${DATA_FILE.signIn}/`,
    what: 'The SHA-256 of each sign-in link that was printed and not used yet.',
    deletion: 'At any time. Links that were not used yet stop working.',
    mode: '0700',
  },
];

/** `docs/reference/files.md` */
export function filesPage(): string {
  return page(
    pageHead(
      'Files in the data directory',
      'Keyledger writes in its data directory ([`KEYLEDGER_DATA`](settings.md#keyledger_data)) and nowhere else. The directory is made with mode 0700, so that other users of the machine can read none of its files.',
      `Beside a \`.db\` file lie \`….db-wal\` and \`….db-shm\` while a process uses it. They belong to it: never delete them, and never copy a \`.db\` file alone while a process runs. \`${rebuiltFile('…')}\` is a file that a rebuild removes as soon as it has opened it.`,
      `\`${DATA_FILE.restored}\` is there from \`keyledger restore\`, or from the beginning of a recovery, until \`keyledger recover\` is done, which removes it: while it is there, no server verifies or changes anything. \`${lostEventsFile('…')}\` holds the events that \`keyledger recover --accept-loss\` could not put back, one a line, as they were stored: keep it, for they are nowhere else.`,
    ),
    table(
      ['File', 'What it is', 'May it be deleted?', 'Mode', 'Back it up?'],
      DATA_FILES.map(({ name, what, deletion, mode }) => [code(name), what, deletion, mode, isBackedUp(name) ? 'yes' : 'no']),
    ),
  );
}

function isBackedUp(name: string): boolean {
  return name === DATA_FILE.log || KEPT_FILES.includes(name);
}
