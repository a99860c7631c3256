import { type Command, CommanderError, Option } from 'commander';
import type { TicketHolder } from '../auth/sign-in-tickets.js';
import { ROLES } from '../auth/viewer.js';
import { WrongSettings } from '../config.js';
import { BUILD_INFO } from '../shared/build-info.js';
import { DATA_FILE } from '../shared/data-files.js';
import { identifier, instant, note, ttl, wholeNumber, workerCount } from './arguments.js';
import type { AsOfOptions } from './commands/as-of.js';
import type { DemoOptions } from './commands/demo.js';
import type { ExportOptions } from './commands/export.js';
import { EXPORT_FORMATS, EXPORTED_PROJECTIONS, type ProjectionExportOptions } from './commands/export-projection.js';
import type { ImportOptions } from './commands/import.js';
import type { RecoverOptions } from './commands/recover.js';
import type { ReplayOptions } from './commands/replay.js';
import type { RevokeOptions } from './commands/revoke.js';
import type { TokenOptions } from './commands/token.js';
import type { VerifyLogOptions } from './commands/verify-log.js';
import { requireKnownCommand } from './known-command.js';
import { print, say, sayPlainly } from './output/output.js';
import { failureText } from './output/remedy.js';
import { settingsHelp } from './output/settings-help.js';
import { WrongUsage } from './output/wrong-usage.js';
import { PlainCommand } from './plain-command.js';
import { type Environment, settings } from './settings.js';
import { startServer } from './start-server.js';

const { version, commit } = BUILD_INFO;

/** The options of an export of the history. */
const HISTORY = ['from', 'to', 'account', 'checkpoint', 'resume'];

interface Surroundings {
  env: Environment;
  /** Takes the pieces of an explanation that was asked for. */
  explain: (piece: string) => void;
  /** Called by a command that has said why it failed. */
  fail: () => void;
}

/**
 * Runs the command of these arguments to its end; `serve` until it serves.
 * @returns the exit code: 1 for a failure, 2 for wrong usage or settings
 */
export async function runProgram(args: readonly string[], env: Environment): Promise<number> {
  const explanation: string[] = [];
  let hasFailed = false;
  const explain = (piece: string) => void explanation.push(piece);
  const fail = () => {
    hasFailed = true;
  };
  try {
    const program = programIn({ env, explain, fail });
    requireKnownCommand(program, args);
    await program.parseAsync(args, { from: 'user' });
    return hasFailed ? 1 : 0;
  } catch (error) {
    if (!(error instanceof CommanderError)) return failureOf(error);
    // Commander has printed the fault already.
    if (error.exitCode !== 0) return 2;
  }
  return print(explanation.join('')).then(() => 0, failureOf);
}

/** Says what went wrong, and returns the exit code for it. */
function failureOf(error: unknown): number {
  say(failureText(error));
  return error instanceof WrongSettings || error instanceof WrongUsage ? 2 : 1;
}

/** Each command loads its own modules: the server alone is large. */
function programIn({ env, explain, fail }: Surroundings): Command {
  const program = new PlainCommand('keyledger')
    .description('API keys as a ledger of events: two at most, the secret shown once, deleted for good.')
    .version(`${version} (${commit})`, '--version', 'print the version and the commit of the build')
    .configureOutput({ writeOut: explain, writeErr: sayPlainly })
    .exitOverride();

  program
    .command('serve', { isDefault: true })
    .description('start the server; the settings are environment variables (a running server explains them at /docs)')
    .option('--workers <count>', 'the number of processes that share the port; `auto` means one for each core', workerCount, 1)
    .addHelpText('after', settingsHelp)
    .action(({ workers }: { workers: number }) => startServer(env, workers));

  program
    .command('token')
    .description('print a token of the local issuer, and nothing else, on standard output')
    .option('--account <account>', 'the account of the token; required for an owner', identifier)
    .addOption(new Option('--role <role>', 'the role of the token').choices(ROLES).makeOptionMandatory())
    .option('--subject <subject>', 'who uses the token; the log keeps it forever', identifier, 'local')
    .option(
      '--ttl <duration>',
      'how long the token is valid: seconds, or a duration such as 30m, 1h, 7d; at most 365d',
      ttl,
      3600,
    )
    .action(async (options: TokenOptions) => (await import('./commands/token.js')).printToken(settings(env), options));

  program
    .command('sign-in-link')
    .description(
      'print a link that opens the dashboard, and nothing else, on standard output; it works once, within 15 minutes',
    )
    .option('--account <account>', 'the account whose keys the dashboard shows; required for an owner', identifier)
    .addOption(new Option('--role <role>', 'the role of the person who opens it').choices(ROLES).makeOptionMandatory())
    .option('--subject <subject>', 'the person who opens it; the log keeps it forever', identifier, 'local')
    .action(async (options: TicketHolder) =>
      (await import('./commands/sign-in-link.js')).printSignInLink(settings(env), options),
    );

  program
    .command('schema')
    .description('print the GraphQL schema')
    .action(async () => (await import('./commands/schema.js')).printSchema());

  program
    .command('reference', { hidden: true })
    .description('write the part of the documentation that is generated from the code')
    .argument('<repository>', 'the directory that contains docs and schema')
    .option('--check', 'write nothing, and fail if a page is out of date')
    .action(async (root: string, options: { check?: boolean }) => {
      const { writeReference } = await import('./commands/reference.js');
      if (!writeReference(root, program, options)) fail();
    });

  program
    .command('asof')
    .description('print the keys as they were at an instant, a JSON object for each account')
    .requiredOption('--at <time>', 'the instant, such as 2026-11-23T18:00:00Z (RFC 3339) or 2026-11-23', instant)
    .option('--account <account>', 'only this account', identifier)
    .action(async (options: AsOfOptions) => {
      const { printAsOf } = await import('./commands/as-of.js');
      if (!(await printAsOf(settings(env), options))) fail();
    });

  program
    .command('checkpoint')
    .description('print the newest signed checkpoint of this data directory')
    .action(async () => (await import('./commands/checkpoint.js')).printCheckpoint(settings(env)));

  program
    .command('export')
    .description(
      'write the history to standard output: one event per line (NDJSON); the last line is the checkpoint that covers them',
    )
    .option('--from <time>', 'only events from this time on (RFC 3339), each with a proof', instant)
    .option('--to <time>', 'only events before this time, each with a proof', instant)
    .option('--account <account>', 'only events of this account, each with a proof', identifier)
    .option(
      '--checkpoint <file...>',
      'files with checkpoints that somebody kept: the last line of a part proves that the log begins with their events',
    )
    .option('--resume <file>', 'complete an interrupted export of everything; the file that contains its beginning')
    .addOption(new Option('--usage', 'write the records of uses and refusals instead of the history').conflicts(HISTORY))
    .addOption(
      new Option('--projection <name>', 'write a view of the analytics instead of the history, with pseudonyms')
        .choices(EXPORTED_PROJECTIONS)
        .conflicts([...HISTORY, 'usage']),
    )
    .addOption(
      new Option('--format <format>', 'the format of a projection; the default is csv')
        .choices(EXPORT_FORMATS)
        .conflicts([...HISTORY, 'usage']),
    )
    .action((options: ExportOptions & { usage?: true } & Partial<ProjectionExportOptions>) => startExport(env, options));

  program
    .command('replay')
    .description(
      'rebuild every projection from the first event beside the one in use, and report differences; servers may run meanwhile',
    )
    .option('--repair', 'fill those that differ anew, in new files')
    .action(async (options: ReplayOptions) => {
      const { replay } = await import('./commands/replay.js');
      if (!(await replay(settings(env), options))) fail();
    });

  program
    .command('demo')
    .description('fill an empty data directory with a plausible history, for trying Keyledger')
    .option('--accounts <count>', 'the number of accounts', wholeNumber(100_000), 1000)
    .option('--days <count>', 'the number of days, up to now', wholeNumber(3650), 365)
    .action(async (options: DemoOptions) => (await import('./commands/demo.js')).demo(settings(env), options));

  program
    .command('import')
    .description(
      'move the log from SQLite to the EventStoreDB that KEYLEDGER_STORE names; the SQLite log then takes no more events',
    )
    .option('--from <file>', `the SQLite log; the default is ${DATA_FILE.log} in KEYLEDGER_DATA`)
    .action(async (options: ImportOptions) => (await import('./commands/import.js')).importLog(settings(env), options));

  program
    .command('backup')
    .description('copy the log, the checkpoints and the keys to an empty directory; services may run meanwhile')
    .argument('<directory>', 'the target directory; created if it is missing')
    .action(async (directory: string) => (await import('./commands/backup.js')).backup(settings(env), directory));

  program
    .command('restore')
    .description('copy a backup to an empty data directory, which stays closed until `keyledger recover` has run')
    .argument('<directory>', 'the directory that `keyledger backup` wrote')
    .action(async (directory: string) => (await import('./commands/restore.js')).restore(settings(env), directory));

  program
    .command('recover')
    .description('put back events that the log has lost, from the history of this data directory; services may run meanwhile')
    .option(
      '--accept-loss',
      'continue with the log as it is, even if events were changed or cannot be put back: end again the keys that are known to have ended, and sign under a new origin',
    )
    .action(async (options: RecoverOptions) => {
      const { recover } = await import('./commands/recover.js');
      if (!(await recover(settings(env), options))) fail();
    });

  program
    .command('revoke')
    .description(
      'delete keys of any account, for good: prints what it would do and asks; services may run meanwhile, and it may be interrupted and run again',
    )
    .option('--key <key>', 'delete this key')
    .option('--account <account>', 'delete all keys of this account', identifier)
    .option(
      '--created-before [time]',
      'delete every key that was created before this time (RFC 3339); without a time, before the command began',
      instant,
    )
    .option('--note <text>', 'why, for the owner and auditors: at most 200 characters, no secret, no e-mail address', note)
    .option('--yes', 'do not ask')
    .action(async (options: RevokeOptions) => {
      const { revoke } = await import('./commands/revoke.js');
      if (!(await revoke(settings(env), options))) fail();
    });

  program
    .command('log-key')
    .description('print the public key that verifies the checkpoints')
    .action(async () => (await import('./commands/log-key.js')).printLogKey(settings(env)));

  program
    .command('verify-log')
    .description('verify an export against checkpoints that you kept; this needs no server, no store and no settings')
    .argument('<history>', 'the file with the export')
    .option('--checkpoint <file...>', 'files with checkpoints that you kept: signed notes, one after another')
    .requiredOption(
      '--public-key <file...>',
      'files with the public keys that `keyledger log-key` printed; after a change of keys, give the old ones, too',
    )
    .action(async (history: string, options: VerifyLogOptions) => {
      const { verifyLog } = await import('./commands/verify-log.js');
      if (!(await verifyLog(history, options))) fail();
    });

  return program;
}

async function startExport(
  env: Environment,
  options: ExportOptions & { usage?: true } & Partial<ProjectionExportOptions>,
): Promise<void> {
  const { usage, projection, format, ...history } = options;
  const config = settings(env);
  if (format && !projection) throw new WrongUsage('--format needs a projection: name one with --projection.');
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
