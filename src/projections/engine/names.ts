/**
 * The name of each projection. Its first table has the same name, and the names of its other tables and of its indexes begin with it. A
 * projection whose tables get another shape gets the next number: its new tables are then filled from the log.
 */
export const KEYS = 'keys_5';
export const TRANSPARENCY = 'transparency_3';
export const HISTORY = 'history_5';
export const READS = 'reads_3';
export const USAGE = 'usage_2';
export const ACTIVITY = 'activity_5';
export const ACTIVITY_USAGE = 'activity_usage_2';

/** The table of the projections' positions. */
export const POSITIONS = 'positions_1';
