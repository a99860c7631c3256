/** A call of one of the processes. The times are milliseconds of the one clock that all clients have. */
interface Timed {
  /** The number of the process that was asked. */
  process: number;
  start: number;
  end: number;
}

/** How a change ended. `unknown` may take effect at any time after its start, even after its end, or never. */
export type Answer =
  /** It was made. The account has this version since. */
  | { outcome: 'done'; version: number }
  /** It was refused for what the account held: a create because of two keys, a delete because there was no such key. */
  | { outcome: 'refused' }
  /** An error says that nothing was changed. */
  | { outcome: 'unchanged' }
  | { outcome: 'unknown' };

/** The creation or the deletion of a key. No two creations are of the same key. */
export type Change = Timed & { kind: 'create' | 'delete'; key: string } & Answer;

/** A read of the account that had to include `minVersion`. */
export type Read = Timed & { kind: 'read'; minVersion: number } & (
    | { outcome: 'done'; version: number; keys: readonly string[] }
    | { outcome: 'unavailable' }
  );

/** A verification of a key with its secret. */
export type Verification = Timed & { kind: 'verify'; key: string; outcome: 'accepted' | 'refused' | 'unavailable' };

/** A call and its answer. */
export type Call = Change | Read | Verification;

/** All calls about one account, in any order. The account held nothing before. */
export type History = readonly Call[];
