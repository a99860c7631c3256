import { type Logger, pino, stdSerializers } from 'pino';
import { codeOf } from '../shared/error-code.js';
import { errorCodeOf } from '../shared/error-codes.js';
import { isOfStore, operatorMessageOf } from '../shared/operator-message.js';
import { redacted } from '../shared/redacted.js';

/** Creates the structured log, by default on standard error. Secrets are removed from each line, whatever it contains. */
export function createLog(level: string, destination: { write(line: string): void } = process.stderr): Logger {
  const scrubbed = { write: (line: string) => destination.write(redacted(line)) };
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: serialized },
    },
    scrubbed,
  );
}

/**
 * An error of the store is logged without stacks: an outage causes many of them, and their causes are in the client. So is a refusal that
 * nothing else caused: its code says where it is from. A seal is explained once, by `SealReport`.
 */
function serialized(error: Error): object {
  const [type, code] = [error.constructor.name, codeOf(error)];
  if (code === 'LOG_SEALED') return { type, code };
  const isRefusal = errorCodeOf(error) !== undefined && error.cause === undefined;
  if (!isRefusal && !isOfStore(error)) return stdSerializers.err(error);
  return { type, code, message: operatorMessageOf(error) };
}
