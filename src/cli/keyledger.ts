#!/usr/bin/env node
import { Command, InvalidArgumentError, Option } from 'commander';
import { IDENTIFIER, ROLES } from '../auth/viewer.js';
import { readConfig, WrongSettings } from '../config.js';
import { parseDuration } from '../domain/duration.js';
import { printSchema } from './schema.js';
import { serve } from './serve.js';
import { printToken, type TokenOptions, WrongUsage } from './token.js';

/** Exit codes: 1 for a failure, 2 for wrong usage or settings. */
const program = new Command('keyledger')
  .description('API keys as a ledger of events: two at most, the secret shown once, deleted for good.')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));

program
  .command('serve', { isDefault: true })
  .description('start the server; its settings come from the environment (see the README)')
  .action(() => serve(readConfig(process.env)));

program
  .command('token')
  .description('print a token of the local issuer, alone, on standard output')
  .option('--account <account>', 'the account whose keys it opens; an owner needs one', identifier)
  .addOption(new Option('--role <role>', 'what it may do').choices(ROLES).makeOptionMandatory())
  .option('--subject <subject>', 'who uses it; kept in the log for ever', identifier, 'local')
  .option('--ttl <duration>', 'how long it is valid, such as 30m, 1h, 7d', ttl, 3600)
  .action((options: TokenOptions) => printToken(readConfig(process.env), options));

program
  .command('schema')
  .description('print the GraphQL schema')
  .action(() => printSchema());

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`keyledger: ${error instanceof Error ? error.message : error}\n`);
  process.exit(error instanceof WrongSettings || error instanceof WrongUsage ? 2 : 1);
}

function identifier(value: string): string {
  if (!IDENTIFIER.test(value)) throw new InvalidArgumentError(`It must match ${IDENTIFIER.source}.`);
  return value;
}

function ttl(value: string): number {
  const seconds = (parseDuration(value) ?? 0) / 1000;
  if (seconds < 1) throw new InvalidArgumentError('It must be a duration of at least 1s, such as 1h.');
  return Math.round(seconds);
}
