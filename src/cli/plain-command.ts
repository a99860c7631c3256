import { Command, type Option } from 'commander';
import { WrongUsage } from './output/wrong-usage.js';

/** A command that says what it needs, what that is, and where all of it is explained. */
export class PlainCommand extends Command {
  override createCommand(name?: string): Command {
    return new PlainCommand(name);
  }

  /** Called by commander if a required argument is not given. */
  missingArgument(name: string): never {
    const argument = this.registeredArguments.find((one) => one.name() === name);
    this.#fail(`needs <${name}>`, argument?.description);
  }

  /** Called by commander if a required option is not given. */
  missingMandatoryOptionValue(option: Option): never {
    this.#fail(`needs the option ${option.flags}`, meaningOf(option));
  }

  /** Called by commander if an option is given without its value. */
  optionMissingArgument(option: Option): never {
    this.#fail(`needs a value after ${option.long ?? option.flags}`, meaningOf(option));
  }

  #fail(need: string, meaning = ''): never {
    const command = `keyledger ${this.name()}`;
    throw new WrongUsage(`\`${command}\` ${need}: ${meaning}. \`${command} --help\` explains all of it.`);
  }
}

function meaningOf({ description, argChoices }: Option): string {
  return argChoices ? `${description}, one of ${argChoices.join(', ')}` : description;
}
