/** The file name of the log in a backup. */
export const LOG = 'events.db';

/** The other files of a data directory that cannot be recreated. */
export const KEPT = ['checkpoints', 'issuer.jwk', 'log.key', 'pseudonym.key'] as const;
