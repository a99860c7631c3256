import type { Command } from 'commander';
import { closest, distance } from 'fastest-levenshtein';
import { WrongUsage } from './output/wrong-usage.js';

/** How many letters may differ in a misspelt name, and the maximum part of the name. */
const NEAR = { letters: 3, part: 0.5 };

/**
 * Refuses a command that does not exist, also after `help`, and a command after its options. Commander takes its name for an argument of
 * `serve`, since `keyledger` alone starts the server.
 * @throws WrongUsage
 */
export function requireKnownCommand(program: Command, args: readonly string[]): void {
  const given = args[0] === '--' ? args.slice(1) : args;
  const words = fromCommandOn(given, program.commands);
  const [first, second] = words;
  const visible = program.createHelp().visibleCommands(program);
  const known = [...visible, ...program.commands].map((command) => command.name());
  if (first !== undefined && known.includes(first) && words.length < given.length)
    throw new WrongUsage(`Write the command first, then its options: \`keyledger ${first}\`.`);
  const name = first === 'help' ? second : first;
  if (name === undefined || name.startsWith('-') || known.includes(name)) return;
  const meant = meantBy(
    name,
    visible.map((command) => command.name()),
  );
  const advice = meant === undefined ? '`keyledger help` lists the commands.' : `Did you mean \`${meant}\`?`;
  throw new WrongUsage(`There is no command \`${name}\`. ${advice}`);
}

/** What follows options of any command and their values. Nothing if it begins with another option: whether that takes a value is unknown. */
function fromCommandOn(args: readonly string[], commands: readonly Command[]): readonly string[] {
  const [first, ...rest] = args;
  if (!first?.startsWith('-')) return args;
  const option = commands
    .flatMap(({ options }) => options)
    .find(({ long, short }) => [long, short].includes(first.replace(/=.*/s, '')));
  if (!option) return [];
  const takesNext = !option.isBoolean() && !first.includes('=') && !(option.optional && rest[0]?.startsWith('-'));
  return fromCommandOn(takesNext ? rest.slice(1) : rest, commands);
}

/** The command whose name is nearly the given one, or the only one that begins with it. */
function meantBy(name: string, commands: readonly string[]): string | undefined {
  const lower = name.toLowerCase();
  const near = closest(lower, commands);
  const letters = distance(lower, near);
  if (letters <= NEAR.letters && letters <= NEAR.part * Math.max(lower.length, near.length)) return near;
  const longer = commands.filter((command) => lower !== '' && command.startsWith(lower));
  return longer.length === 1 ? longer[0] : undefined;
}
