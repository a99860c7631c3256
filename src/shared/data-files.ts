/** The names of what lies in a data directory. docs/reference/files.md describes each. */
export const DATA_FILE = {
  log: 'events.db',
  issuerKey: 'issuer.jwk',
  logKey: 'log.key',
  pseudonymKey: 'pseudonym.key',
  sessionKey: 'session.key',
  checkpoints: 'checkpoints',
  keys: 'keys.db',
  projections: 'projections.db',
  analytics: 'analytics.db',
  /** A folder. */
  signIn: 'sign-in',
  /** A folder. */
  renewals: 'renewals',
  /** There only while the directory is closed. */
  restored: 'restored',
  /** Locked by the process that fills files of projections. */
  filling: 'filling.lock',
  /** Locked by the process that restores or recovers. There only meanwhile. */
  repairing: 'repairing.lock',
} as const;

/** The files beside the log that cannot be recreated. A backup holds them and the log. */
export const KEPT_FILES: readonly string[] = [
  DATA_FILE.checkpoints,
  DATA_FILE.issuerKey,
  DATA_FILE.logKey,
  DATA_FILE.pseudonymKey,
];

/** The name of a file that holds lost events. */
export function lostEventsFile(id: string): string {
  return `lost-${id}.ndjson`;
}

/** The name of a file that a rebuild fills. */
export function rebuiltFile(id: string): string {
  return `rebuilt-${id}.db`;
}

/** What SQLite adds to the name of a file for the files that it keeps beside it. */
export const SQLITE_SUFFIXES = ['-wal', '-shm', '-journal'];

/** What SQLite keeps beside a file, and what is added to the name of a file that takes its place. */
const COMPANIONS = `(?:${SQLITE_SUFFIXES.join('|')}|\\..*)?`;

/** Names that belong to other files than the log, also where a file system takes capital and small letters for the same. */
const NOT_THE_LOG = new RegExp(
  `^(?:${Object.values(DATA_FILE)
    .filter((name) => name !== DATA_FILE.log)
    .map((name) => name.replaceAll('.', '\\.'))
    .join('|')}|${rebuiltFile('.*')}|${lostEventsFile('.*')}|\\.+)${COMPANIONS}$`,
  'i',
);

/** True if the log may have that name in the data directory: it is the name of a file, and not of one that Keyledger writes or removes. */
export function mayNameLog(name: string): boolean {
  return !NOT_THE_LOG.test(name);
}
