import type { AddHelpTextContext } from 'commander';
import { describedSettings } from '../../reference/settings.js';

/** The list of all settings, for the end of a command's help. */
export function settingsHelp({ command }: AddHelpTextContext): string {
  const settings = describedSettings();
  const width = Math.max(...settings.map(({ name }) => name.length));
  const helper = command.createHelp();
  helper.prepareContext({ helpWidth: command.configureOutput().getOutHelpWidth?.() });
  const items = settings.map(({ name, summary, standard }) => {
    const explained = standard === undefined ? summary : `${summary} (default: ${standard})`;
    return helper.formatItem(name, width, explained, helper);
  });
  return ['', ...helper.formatItemList('Settings:', items, helper)].join('\n').trimEnd();
}
