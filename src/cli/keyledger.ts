#!/usr/bin/env node
import cluster from 'node:cluster';
import { availableParallelism } from 'node:os';
import { Command, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import type { TicketHolder } from '../auth/sign-in-tickets.js';
import { ROLES } from '../auth/viewer.js';
import { readConfig, WrongSettings } from '../config.js';
import { parseDuration } from '../domain/duration.js';
import { IDENTIFIER } from '../domain/identifier.js';
import { type AsOfOptions, printAsOf } from './as-of.js';
import { printCheckpoint } from './checkpoint.js';
import { type DemoOptions, demo } from './demo.js';
import { type ExportOptions, exportHistory } from './export.js';
import { EXPORT_FORMATS, EXPORTED_PROJECTIONS, exportProjection, type ProjectionExportOptions } from './export-projection.js';
import { exportUsage } from './export-usage.js';
import { type ImportOptions, importLog } from './import.js';
import { printLogKey } from './log-key.js';
import { type ReplayOptions, replay } from './replay.js';
import { printSchema } from './schema.js';
import { serve } from './serve.js';
import { printSignInLink } from './sign-in-link.js';
import { printToken, type TokenOptions } from './token.js';
import { type VerifyLogOptions, verifyLog } from './verify-log.js';
import { serveAsWorker } from './worker.js';
import { serveOnWorkers } from './workers.js';
import { WrongUsage } from './wrong-usage.js';

/** A moment with its time zone (RFC 3339), or the beginning of a day in UTC. */
const INSTANT = z.union([z.iso.datetime({ offset: true }), z.iso.date()]);

/** The options of an export of the history. */
const HISTORY = ['from', 'to', 'account', 'resume'];

/** Exit codes: 1 for a failure, 2 for wrong usage or settings. */
const program = new Command('keyledger')
  .description('API keys as a ledger of events: two at most, the secret shown once, deleted for good.')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));

program
  .command('serve', { isDefault: true })
  .description('start the server; its settings come from the environment (see the README)')
  .option('--workers <count>', 'how many processes share the port; `auto`: one for each core', workerCount, 1)
  .action(({ workers }: { workers: number }) => startServer(workers));

program
  .command('token')
  .description('print a token of the local issuer, alone, on standard output')
  .option('--account <account>', 'the account whose keys it opens; an owner needs one', identifier)
  .addOption(new Option('--role <role>', 'what it may do').choices(ROLES).makeOptionMandatory())
  .option('--subject <subject>', 'who uses it; kept in the log for ever', identifier, 'local')
  .option('--ttl <duration>', 'how long it is valid, such as 30m, 1h, 7d', ttl, 3600)
  .action((options: TokenOptions) => printToken(readConfig(process.env), options));

program
  .command('sign-in-link')
  .description('print a link that opens the dashboard once, within 15 minutes, alone, on standard output')
  .option('--account <account>', 'the account whose keys it shows; an owner needs one', identifier)
  .addOption(new Option('--role <role>', 'what one may do there').choices(ROLES).makeOptionMandatory())
  .option('--subject <subject>', 'who opens it; kept in the log for ever', identifier, 'local')
  .action((options: TicketHolder) => printSignInLink(readConfig(process.env), options));

program
  .command('schema')
  .description('print the GraphQL schema')
  .action(() => printSchema());

program
  .command('asof')
  .description('print the keys as they were at an instant, a JSON object for each account')
  .requiredOption('--at <time>', 'the instant (RFC 3339)', instant)
  .option('--account <account>', 'only this account', identifier)
  .action((options: AsOfOptions) => printAsOf(readConfig(process.env), options));

program
  .command('checkpoint')
  .description('print the newest signed checkpoint of this data directory')
  .action(() => printCheckpoint(readConfig(process.env)));

program
  .command('export')
  .description('write the history to standard output: an event a line (NDJSON), the checkpoint that covers it last')
  .option('--from <time>', 'only events from that time on (RFC 3339), each with a proof', instant)
  .option('--to <time>', 'only events before that time', instant)
  .option('--account <account>', 'only events of that account', identifier)
  .option('--resume <file>', 'complete an export of everything that was broken off')
  .addOption(new Option('--usage', 'write the records of uses and refusals instead').conflicts(HISTORY))
  .addOption(
    new Option('--projection <name>', 'write what analysts see instead, under pseudonyms')
      .choices(EXPORTED_PROJECTIONS)
      .conflicts([...HISTORY, 'usage']),
  )
  .addOption(
    new Option('--format <format>', 'of a projection (default: csv)').choices(EXPORT_FORMATS).conflicts([...HISTORY, 'usage']),
  )
  .action((options: ExportOptions & { usage?: true } & Partial<ProjectionExportOptions>) => startExport(options));

program
  .command('replay')
  .description('rebuild every projection from event zero beside the living ones, and say what differs; services may run')
  .option('--swap', 'put right the rows that differ')
  .action(async (options: ReplayOptions) => {
    if (!(await replay(readConfig(process.env), options))) process.exitCode = 1;
  });

program
  .command('demo')
  .description('make a plausible past to look at, in an empty data directory')
  .option('--accounts <count>', 'of how many accounts', wholeNumber(100_000), 1000)
  .option('--days <count>', 'of how many days, up to now', wholeNumber(3650), 365)
  .action((options: DemoOptions) => demo(readConfig(process.env), options));

program
  .command('import')
  .description('move the log from SQLite to EventStoreDB, which KEYLEDGER_STORE names; the source takes no more events')
  .option('--from <file>', 'the SQLite log; without it, events.db in KEYLEDGER_DATA')
  .action((options: ImportOptions) => importLog(readConfig(process.env), options));

program
  .command('log-key')
  .description('print the public key that verifies the checkpoints')
  .action(() => printLogKey(readConfig(process.env)));

program
  .command('verify-log')
  .description('verify an export against checkpoints that were kept; needs neither server nor store nor settings')
  .argument('<history>', 'the export')
  .option('--checkpoint <file...>', 'checkpoints that were kept: signed notes, one after another')
  .requiredOption('--public-key <file...>', 'the public keys that `keyledger log-key` printed; old ones too, after a change')
  .action(async (history: string, options: VerifyLogOptions) => {
    if (!(await verifyLog(history, options))) process.exitCode = 1;
  });

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`keyledger: ${error instanceof Error ? error.message : error}\n`);
  process.exit(error instanceof WrongSettings || error instanceof WrongUsage ? 2 : 1);
}

async function startExport(options: ExportOptions & { usage?: true } & Partial<ProjectionExportOptions>): Promise<void> {
  const { usage, projection, format, ...history } = options;
  const config = readConfig(process.env);
  if (format && !projection) throw new WrongUsage('A format is that of a projection: say which with --projection.');
  if (projection) await exportProjection(config, { projection, format: format ?? 'csv' });
  else if (usage) await exportUsage(config);
  else await exportHistory(config, history);
}

async function startServer(workers: number): Promise<void> {
  const config = readConfig(process.env);
  if (cluster.isWorker) await serveAsWorker(config);
  else if (workers > 1) await serveOnWorkers(config, workers);
  else await serve(config);
}

function workerCount(value: string): number {
  if (value === 'auto') return availableParallelism();
  if (!/^[1-9]\d{0,2}$/.test(value)) throw new InvalidArgumentError('It must be a whole number from 1 to 999, or `auto`.');
  return Number(value);
}

function wholeNumber(greatest: number) {
  return (value: string): number => {
    if (/^[1-9]\d{0,6}$/.test(value) && Number(value) <= greatest) return Number(value);
    throw new InvalidArgumentError(`It must be a whole number from 1 to ${greatest}.`);
  };
}

function identifier(value: string): string {
  if (!IDENTIFIER.test(value)) throw new InvalidArgumentError(`It must match ${IDENTIFIER.source}.`);
  return value;
}

function instant(value: string): number {
  const time = Date.parse(INSTANT.safeParse(value).data ?? '');
  if (Number.isNaN(time)) throw new InvalidArgumentError('It must look like 2026-11-23T18:00:00Z (RFC 3339) or 2026-11-23.');
  return time;
}

function ttl(value: string): number {
  const seconds = (parseDuration(value) ?? 0) / 1000;
  if (seconds < 1) throw new InvalidArgumentError('It must be a duration of at least 1s, such as 1h.');
  return Math.round(seconds);
}
