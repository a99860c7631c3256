/** The log, as it is called within a backup. */
export const LOG = 'events.db';

/** What a data directory holds beside the log that cannot be made again. */
export const KEPT = ['checkpoints', 'issuer.jwk', 'log.key', 'pseudonym.key'] as const;
