#!/usr/bin/env node
import cluster from 'node:cluster';
import { Command, CommanderError, Option } from 'commander';
import type { TicketHolder } from '../auth/sign-in-tickets.js';
import { ROLES } from '../auth/viewer.js';
import { type Config, librarySettings, readConfig, unknownSettings, WrongSettings } from '../config.js';
import { BUILD_INFO } from '../shared/build-info.js';
import { DATA_FILE } from '../shared/data-files.js';
import { identifier, instant, ttl, wholeNumber, workerCount } from './arguments.js';
import type { AsOfOptions } from './commands/as-of.js';
import type { DemoOptions } from './commands/demo.js';
import type { ExportOptions } from './commands/export.js';
import { EXPORT_FORMATS, EXPORTED_PROJECTIONS, type ProjectionExportOptions } from './commands/export-projection.js';
import type { ImportOptions } from './commands/import.js';
import type { RecoverOptions } from './commands/recover.js';
import type { ReplayOptions } from './commands/replay.js';
import type { TokenOptions } from './commands/token.js';
import type { VerifyLogOptions } from './commands/verify-log.js';
import { print, say, sayPlainly, surviveClosedOutput } from './output/output.js';
import { settingsHelp } from './output/settings-help.js';
import { WrongUsage } from './output/wrong-usage.js';

const { version, commit } = BUILD_INFO;

/** The options of an export of the history. */
const HISTORY = ['from', 'to', 'account', 'resume'];

surviveClosedOutput();
Object.assign(process.env, librarySettings(process.env));

const NO_SETTING = 'this is not a setting, and does nothing';

/** Commander's explanation; it is printed in the same way as everything else. */
let explanation = '';

/** Exit codes: 1 for a failure, 2 for wrong usage or settings. Each command loads its own modules: the server alone is large. */
const program = new Command('keyledger')
  .description('API keys as a ledger of events: two at most, the secret shown once, deleted for good.')
  .version(`${version} (${commit})`, '--version', 'print the version and the commit that was built')
  .configureOutput({ writeOut: (text) => (explanation += text), writeErr: sayPlainly })
  .exitOverride();

program
  .command('serve', { isDefault: true })
  .description('start the server; its settings come from the environment (a running server explains them at /docs)')
  .option('--workers <count>', 'how many processes share the port; `auto` is one for each core', workerCount, 1)
  .addHelpText('after', settingsHelp)
  .action(({ workers }: { workers: number }) => startServer(workers));

program
  .command('token')
  .description('print a token of the local issuer, alone, on standard output')
  .option('--account <account>', 'the account that the token names; an owner needs one', identifier)
  .addOption(new Option('--role <role>', 'the role that the token names').choices(ROLES).makeOptionMandatory())
  .option('--subject <subject>', 'who uses the token; kept in the log for ever', identifier, 'local')
  .option('--ttl <duration>', 'how long the token is valid, in seconds or such as 30m, 1h, 7d; at most 365d', ttl, 3600)
  .action(async (options: TokenOptions) => (await import('./commands/token.js')).printToken(settings(), options));

program
  .command('sign-in-link')
  .description('print a link that opens the dashboard once, within 15 minutes, alone, on standard output')
  .option('--account <account>', 'the account whose keys the dashboard shows; an owner needs one', identifier)
  .addOption(new Option('--role <role>', 'the role of whoever opens it').choices(ROLES).makeOptionMandatory())
  .option('--subject <subject>', 'who opens it; kept in the log for ever', identifier, 'local')
  .action(async (options: TicketHolder) => (await import('./commands/sign-in-link.js')).printSignInLink(settings(), options));

program
  .command('schema')
  .description('print the GraphQL schema')
  .action(async () => (await import('./commands/schema.js')).printSchema());

program
  .command('reference', { hidden: true })
  .description('write the part of the documentation that is made from the code')
  .argument('<repository>', 'where docs and schema are')
  .option('--check', 'write nothing, and fail where a page is not what the code says')
  .action(async (root: string, options: { check?: boolean }) => {
    const { writeReference } = await import('./commands/reference.js');
    if (!writeReference(root, program, options)) process.exitCode = 1;
  });

program
  .command('asof')
  .description('print the keys as they were at an instant, a JSON object for each account')
  .requiredOption('--at <time>', 'the instant, such as 2026-11-23T18:00:00Z (RFC 3339) or 2026-11-23', instant)
  .option('--account <account>', 'only this account', identifier)
  .action(async (options: AsOfOptions) => {
    const { printAsOf } = await import('./commands/as-of.js');
    if (!(await printAsOf(settings(), options))) process.exitCode = 1;
  });

program
  .command('checkpoint')
  .description('print the newest signed checkpoint of this data directory')
  .action(async () => (await import('./commands/checkpoint.js')).printCheckpoint(settings()));

program
  .command('export')
  .description(
    'write the history to standard output: one event a line (NDJSON), and the checkpoint that covers them as the last line',
  )
  .option('--from <time>', 'only events from this time on (RFC 3339), each with a proof', instant)
  .option('--to <time>', 'only events before this time, each with a proof', instant)
  .option('--account <account>', 'only events of this account, each with a proof', identifier)
  .option('--resume <file>', 'complete an export of everything that was interrupted; the file that holds its beginning')
  .addOption(new Option('--usage', 'write the records of uses and refusals instead of the history').conflicts(HISTORY))
  .addOption(
    new Option('--projection <name>', 'write what analysts see instead of the history, under pseudonyms')
      .choices(EXPORTED_PROJECTIONS)
      .conflicts([...HISTORY, 'usage']),
  )
  .addOption(
    new Option('--format <format>', 'the format of a projection; csv where it is not given')
      .choices(EXPORT_FORMATS)
      .conflicts([...HISTORY, 'usage']),
  )
  .action((options: ExportOptions & { usage?: true } & Partial<ProjectionExportOptions>) => startExport(options));

program
  .command('replay')
  .description(
    'rebuild every projection from the first event beside the one in use, and say what differs; servers may run meanwhile',
  )
  .option('--repair', 'put the rows right that differ')
  .action(async (options: ReplayOptions) => {
    const { replay } = await import('./commands/replay.js');
    if (!(await replay(settings(), options))) process.exitCode = 1;
  });

program
  .command('demo')
  .description('fill an empty data directory with a plausible history to look at')
  .option('--accounts <count>', 'how many accounts', wholeNumber(100_000), 1000)
  .option('--days <count>', 'how many days, up to now', wholeNumber(3650), 365)
  .action(async (options: DemoOptions) => (await import('./commands/demo.js')).demo(settings(), options));

program
  .command('import')
  .description(
    'move the log from SQLite to the EventStoreDB that KEYLEDGER_STORE names; the SQLite log then takes no more events',
  )
  .option('--from <file>', `the SQLite log; ${DATA_FILE.log} in KEYLEDGER_DATA where it is not given`)
  .action(async (options: ImportOptions) => (await import('./commands/import.js')).importLog(settings(), options));

program
  .command('backup')
  .description('copy the log, the checkpoints and the keys to an empty directory; services may run')
  .argument('<directory>', 'where to; made where it is not there')
  .action(async (directory: string) => (await import('./commands/backup.js')).backup(settings(), directory));

program
  .command('restore')
  .description('copy a backup to an empty data directory, which stays closed until `keyledger recover` has run')
  .argument('<directory>', 'what `keyledger backup` has made')
  .action(async (directory: string) => (await import('./commands/restore.js')).restore(settings(), directory));

program
  .command('recover')
  .description('put back what the log has lost, from the history of this data directory; services may run')
  .option('--accept-loss', 'go on without the rest: end again the keys that are known to have ended, under a new origin')
  .action(async (options: RecoverOptions) => {
    const { recover } = await import('./commands/recover.js');
    if (!(await recover(settings(), options))) process.exitCode = 1;
  });

program
  .command('log-key')
  .description('print the public key that verifies the checkpoints')
  .action(async () => (await import('./commands/log-key.js')).printLogKey(settings()));

program
  .command('verify-log')
  .description('verify an export against checkpoints that you kept; it needs no server, no store and no settings')
  .argument('<history>', 'the file with the export')
  .option('--checkpoint <file...>', 'files with checkpoints that you kept: signed notes, one after another')
  .requiredOption(
    '--public-key <file...>',
    'files with the public keys that `keyledger log-key` printed; after a change of keys the old ones, too',
  )
  .action(async (history: string, options: VerifyLogOptions) => {
    const { verifyLog } = await import('./commands/verify-log.js');
    if (!(await verifyLog(history, options))) process.exitCode = 1;
  });

try {
  await runCommand();
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exit(error instanceof WrongSettings || error instanceof WrongUsage ? 2 : 1);
}

async function runCommand(): Promise<void> {
  try {
    await program.parseAsync();
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Commander has printed the fault already.
    if (error.exitCode !== 0) process.exit(2);
    await print(explanation);
  }
}

async function startExport(options: ExportOptions & { usage?: true } & Partial<ProjectionExportOptions>): Promise<void> {
  const { usage, projection, format, ...history } = options;
  const config = settings();
  if (format && !projection) throw new WrongUsage('A format is that of a projection: say which with --projection.');
  if (projection) {
    const { exportProjection } = await import('./commands/export-projection.js');
    await exportProjection(config, { projection, format: format ?? 'csv' });
  } else if (usage) {
    const { exportUsage } = await import('./commands/export-usage.js');
    await exportUsage(config);
  } else {
    const { exportHistory } = await import('./commands/export.js');
    await exportHistory(config, history);
  }
}

async function startServer(workers: number): Promise<void> {
  const config = readConfig(process.env);
  if (cluster.isWorker) {
    const { serveAsWorker } = await import('../cluster/worker.js');
    return serveAsWorker(config);
  }
  const { createLog } = await import('../observability/log.js');
  for (const setting of unknownSettings(process.env)) createLog(config.logLevel).warn({ setting }, NO_SETTING);
  const { greet } = await import('./greet.js');
  const greeting = (address: string) => void greet(config, address);
  if (workers > 1) {
    const { serveOnWorkers } = await import('../cluster/workers.js');
    await serveOnWorkers(config, workers, greeting);
  } else {
    const { serve } = await import('../cluster/serve.js');
    await serve(config, { onReady: greeting });
  }
}

/** The settings, for every command except the server, which has a log. */
function settings(): Config {
  const config = readConfig(process.env);
  for (const name of unknownSettings(process.env)) say(`${name}: ${NO_SETTING}`);
  return config;
}
