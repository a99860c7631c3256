/** The first and last millisecond that RFC 3339 can express in UTC (its years have four digits), in milliseconds since 1970. */
export const FIRST_INSTANT = Date.parse('0000-01-01T00:00:00.000Z');
export const LAST_INSTANT = Date.parse('9999-12-31T23:59:59.999Z');
