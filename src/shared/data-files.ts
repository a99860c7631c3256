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
