import type { Argument, Command, Option } from 'commander';
import { code, list, page, pageHead, table } from './markdown.js';

/** `docs/reference/cli.md` */
export function cliPage(program: Command): string {
  const commands = program
    .createHelp()
    .visibleCommands(program)
    .filter((command) => command.name() !== 'help');
  return page(
    pageHead(
      'Command line',
      'Results are printed on standard output, and everything else on standard error. `keyledger COMMAND --help` explains a command. [Settings](settings.md) come from the environment.',
    ),
    table(
      ['Exit code', 'What it says'],
      [
        ['`0`', 'The command succeeded.'],
        [
          '`1`',
          'The command failed; standard error says why. For `verify-log`, `replay`, `recover` and `revoke` also: a fault was found, something is left, or nothing was done; standard output says so.',
        ],
        ['`2`', 'The options, the arguments or the settings are wrong. Nothing was done.'],
      ],
    ),
    table(
      ['Command', 'What it does'],
      commands.map((command) => [`[${code(command.name())}](#keyledger-${command.name()})`, sentence(command.description())]),
    ),
    ...commands.map(section),
    '## Options of `keyledger` itself',
    list(
      program
        .createHelp()
        .visibleOptions(program)
        .map((option) => `${code(option.flags)}: ${option.description}`),
    ),
  );
}

function section(command: Command): string {
  const options = command
    .createHelp()
    .visibleOptions(command)
    .filter(({ long }) => long !== '--help');
  const rows = [
    ...command.registeredArguments.map((argument) => [code(usageOf(argument)), argument.description, 'required']),
    ...options.map((option) => [code(option.flags), explained(option), defaultOf(option)]),
  ];
  return page(
    `## ${code(`keyledger ${command.name()}`)}`,
    sentence(command.description()),
    rows.length > 0 ? table(['Option', 'What it is', 'Default'], rows) : 'It has no options.',
  ).trimEnd();
}

function usageOf(argument: Argument): string {
  return argument.required ? `<${argument.name()}>` : `[${argument.name()}]`;
}

function explained({ description, argChoices }: Option): string {
  return argChoices ? `${description}: ${argChoices.map(code).join(', ')}` : description;
}

function defaultOf({ defaultValue, mandatory }: Option): string {
  if (mandatory) return 'required';
  return defaultValue === undefined ? '' : code(String(defaultValue));
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1).replace(/\.$/, '')}.`;
}
