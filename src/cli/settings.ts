import { type Config, readConfig, unknownSettings } from '../config.js';
import { say } from './output/output.js';

export const NO_SETTING = 'this is not a setting, so it has no effect';

/** The environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The settings, for every command except the server, which has a log.
 * @throws WrongSettings
 */
export function settings(env: Environment): Config {
  const config = readConfig(env);
  for (const name of unknownSettings(env)) say(`${name}: ${NO_SETTING}`);
  return config;
}
