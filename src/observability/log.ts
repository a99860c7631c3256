import { type Logger, pino } from 'pino';

/** What must never appear in a log: a key's secret, a token (signed, unsigned or encrypted), Basic credentials. */
const SECRETS = /kls_[0-9a-z]{20,}|eyJ[\w-]+(?:\.[\w-]*){2,4}|(?<=\bBasic +)[\w+/.~-]+=*/gi;

/** Creates the structured log, by default on standard error. Secrets are removed from each line, whatever it contains. */
export function createLog(level: string, destination: { write(line: string): void } = process.stderr): Logger {
  const scrubbed = { write: (line: string) => destination.write(line.replaceAll(SECRETS, '[redacted]')) };
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (label) => ({ level: label }) } },
    scrubbed,
  );
}
