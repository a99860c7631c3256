import { type Logger, pino } from 'pino';
import { redacted } from '../shared/redacted.js';

/** Creates the structured log, by default on standard error. Secrets are removed from each line, whatever it contains. */
export function createLog(level: string, destination: { write(line: string): void } = process.stderr): Logger {
  const scrubbed = { write: (line: string) => destination.write(redacted(line)) };
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (label) => ({ level: label }) } },
    scrubbed,
  );
}
