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
    what: 'The log on SQLite: every event. `KEYLEDGER_STORE=sqlite:FILE` gives it another name. It does not exist with EventStoreDB.',
    deletion: 'Never. All keys and their history are lost.',
    mode: 'by the umask',
  },
  {
    name: DATA_FILE.issuerKey,
    what: 'The private key of the local token issuer. It does not exist if an identity provider is set.',
    deletion: 'A new key is created at the next start. All tokens and sessions are refused from then on.',
    mode: '0600',
  },
  {
    name: DATA_FILE.logKey,
    what: 'The private key that signs checkpoints, on SQLite without `KEYLEDGER_LOG_KEY`.',
    deletion: 'A new key is created at the next start. Auditors need the old public key, too.',
    mode: '0600',
  },
  {
    name: DATA_FILE.pseudonymKey,
    what: 'The key for the pseudonyms in analytics, on SQLite without `KEYLEDGER_PSEUDONYM_KEY`.',
    deletion: 'A new key is created at the next start. Every account and key gets another pseudonym.',
    mode: '0600',
  },
  {
    name: DATA_FILE.sessionKey,
    what: 'The key that seals refresh tokens in cookies, on SQLite without `KEYLEDGER_SESSION_KEY`. It does not exist without `KEYLEDGER_CLIENT_ID`.',
    deletion: 'A new key is created at the next start. Sessions then end with their token, and people sign in again.',
    mode: '0600',
  },
  {
    name: DATA_FILE.checkpoints,
    what: 'The newest checkpoints that were signed here, at least 1,000, and the last one of each origin, one note after another; at most 1 MiB. The log is compared with them before a new one is signed.',
    deletion: 'Never. It is the evidence that nobody has shortened or rewritten the log.',
    mode: '0600',
  },
  {
    name: DATA_FILE.keys,
    what: 'What verification and mutations read: every key, and what each account holds. It is a file of its own, so that mutations wait for no other projection.',
    deletion: 'While no process runs. It is filled from the log again at the next start, before `/readyz` answers 200.',
    mode: 'by the umask',
  },
  {
    name: DATA_FILE.projections,
    what: 'What queries read: history, usage, access records, the Merkle tree.',
    deletion:
      'While no process runs, and only if the log is complete: `keyledger recover` puts lost events back from this file. It is filled from the log again at the next start.',
    mode: 'by the umask',
  },
  {
    name: DATA_FILE.analytics,
    what: 'What analysts read: the [SQL views](sql-views.md), and the tables behind them. It holds pseudonyms only.',
    deletion: 'While no process runs. It is filled from the log again at the next start.',
    mode: 'by the umask',
  },
  {
    name: DATA_FILE.filling,
    what: 'An empty file. It is locked by the process that fills files of projections, so that only one does.',
    deletion: 'While no process runs.',
    mode: 'by the umask',
  },
  {
    name: `${DATA_FILE.signIn}/`,
    what: 'The SHA-256 of each sign-in link that was printed and not used yet.',
    deletion: 'At any time. Links that were not used yet stop working.',
    mode: '0700',
  },
  {
    name: `${DATA_FILE.renewals}/`,
    what: 'Sessions that were renewed in the last half minute, sealed, so that no process renews one twice.',
    deletion: 'While no process runs.',
    mode: '0700',
  },
];

/** `docs/reference/files.md` */
export function filesPage(): string {
  return page(
    pageHead(
      'Files in the data directory',
      'Keyledger writes in its data directory ([`KEYLEDGER_DATA`](settings.md#keyledger_data)) and nowhere else. The directory is created with mode 0700, so other users of the machine cannot read its files.',
      `\`….db-wal\` and \`….db-shm\` lie beside a \`.db\` file while a process uses it. They belong to it: never delete them, and never copy a \`.db\` file alone while a process runs. \`${rebuiltFile('…')}\` is a file that a rebuild removes as soon as it has opened it; if it is killed before that, the next rebuild removes the file. A process that is killed while it makes a key may leave \`${DATA_FILE.logKey}.…\`, \`${DATA_FILE.issuerKey}.…\` and the like: they belong to nobody, and can be deleted.`,
      `A file of projections that was filled anew is called \`${DATA_FILE.keys}.…\`, \`${DATA_FILE.projections}.…\` or \`${DATA_FILE.analytics}.…\`, with eight hexadecimal digits, and the name without them is a symbolic link to it. Open it by that name. A process deletes those that are no longer used, and those that were never completed.`,
      `\`${DATA_FILE.restored}\` exists from \`keyledger restore\`, or from the start of a recovery, until \`keyledger recover\` has finished and removes it. While it exists, no server verifies or changes anything. \`${DATA_FILE.repairing}\` exists while one of these commands runs, so that only one does; if it was killed, until the next one. \`${lostEventsFile('…')}\` holds the events that \`keyledger recover --accept-loss\` could not put back, one per line, as they were stored. Keep it: there is no other copy of them.`,
    ),
    table(
      ['File', 'What it is', 'Can it be deleted?', 'Mode', 'Back it up?'],
      DATA_FILES.map(({ name, what, deletion, mode }) => [code(name), what, deletion, mode, isBackedUp(name) ? 'yes' : 'no']),
    ),
  );
}

function isBackedUp(name: string): boolean {
  return name === DATA_FILE.log || KEPT_FILES.includes(name);
}
