import { readConfig, unknownSettings, WrongSettings } from '../../src/config.js';
import { environment, FROM_FILES } from '../../src/settings/environment.js';

const NAMES = Object.keys(environment.shape).filter((name) => name.startsWith('KEYLEDGER_'));

/** The line for a name that is nearly a setting's; undefined if there is none. */
function refusalOf(name: string): string | undefined {
  try {
    readConfig({ [name]: 'geheim' });
  } catch (error) {
    if (error instanceof WrongSettings) return error.message.split('\n  ').find((line) => line.includes('is not a setting'));
    throw error;
  }
  return undefined;
}

it.each<[name: string, meant: string]>([
  ['KEYLEDGER_LOGKEY', 'KEYLEDGER_LOG_KEY'],
  ['KEYLEDGER_LOG_KEYS', 'KEYLEDGER_LOG_KEY'],
  ['KEYLEDGER_LOG_KYE', 'KEYLEDGER_LOG_KEY'],
  ['KEYLEDGER_LOG_KEY_FILES', 'KEYLEDGER_LOG_KEY_FILE'],
  ['KEYLEDGER_LOG_KEYFILE', 'KEYLEDGER_LOG_KEY_FILE'],
  ['KEYLEDGER_STROE', 'KEYLEDGER_STORE'],
  ['KEYLEDGER_STORAGE', 'KEYLEDGER_STORE'],
  ['KEYLEDGER_DATE', 'KEYLEDGER_DATA'],
  ['KEYLEDGER_JWKS_URI', 'KEYLEDGER_JWKS_URL'],
  ['KEYLEDGER_JWK_URL', 'KEYLEDGER_JWKS_URL'],
  ['KEYLEDGER_ISSURE', 'KEYLEDGER_ISSUER'],
  ['KEYLEDGER_TRUSTED_PROXY', 'KEYLEDGER_TRUSTED_PROXIES'],
  ['KEYLEDGER_FAILURES_PER_MIN', 'KEYLEDGER_FAILURES_PER_MINUTE'],
  ['keyledger_log_key', 'KEYLEDGER_LOG_KEY'],
  ['Keyledger_Store', 'KEYLEDGER_STORE'],
  ['KEYLEDGER_Data', 'KEYLEDGER_DATA'],
  ['KEYLEDGER-STORE', 'KEYLEDGER_STORE'],
  ['KEYLEGDER_STORE', 'KEYLEDGER_STORE'],
  ['KEYLEDGE_DATA', 'KEYLEDGER_DATA'],
  ['KEY_LEDGER_DATA', 'KEYLEDGER_DATA'],
  ['KEYLEDGER_ISSUER_FILE', 'KEYLEDGER_ISSUER'],
  ['KEYLEDGER_LOG_LEVEL', 'LOG_LEVEL'],
  ['KEYLEDGER_NODE_ENV', 'NODE_ENV'],
  ['KEYLEDGER_HOST', 'HOST'],
  ['KEYLEDGER_STORE\u001b', 'KEYLEDGER_STORE'],
])('refuses %j, and says that %s is meant', (name, meant) => {
  expect(refusalOf(name)).toMatch(new RegExp(` is not a setting; is ${meant} meant\\?$`));
  expect(refusalOf(name)).not.toMatch(/geheim|\p{Cc}/u);
  expect(unknownSettings({ [name]: 'x' })).toEqual([]);
});

it.each(NAMES)('refuses every name with one letter less than %s', (name) => {
  for (let place = 'KEYLEDGER_'.length; place < name.length; place += 1) {
    const shorter = name.slice(0, place) + name.slice(place + 1);
    expect([shorter, refusalOf(shorter)]).toEqual([
      shorter,
      expect.stringMatching(/ is not a setting; is KEYLEDGER_\w+ meant\?$/),
    ]);
  }
});

it.each([
  'KEYLEDGER_COLOUR',
  'KEYLEDGER_KEY_ID',
  'KEYLEDGER_SECRET',
  'KEYLEDGER_ESDB_SERVICE_HOST',
  'KEYLEDGER_',
  'keyledger_version',
])('leaves %s alone, and tells of it', (name) => {
  expect(refusalOf(name)).toBeUndefined();
  expect(unknownSettings({ [name]: 'x', PATH: '/bin' })).toEqual([name]);
  expect(unknownSettings({ [name]: ' ' })).toEqual([]);
});

it.each([
  'KEYLEDGER_SERVICE_HOST',
  'KEYLEDGER_SERVICE_PORT',
  'KEYLEDGER_SERVICE_PORT_HTTP',
  'KEYLEDGER_PORT',
  'KEYLEDGER_PORT_4000_TCP',
  'KEYLEDGER_PORT_4000_TCP_ADDR',
  'KEYLEDGER_TEST_ESDB',
  'KEYLEDGER_TEST_DATA',
  'KEYBOARD_LAYOUT',
  'KEYRING_STORE',
  'HOSTNAME',
  'DATA',
  'LEDGER_DATA',
])('does not mind %s', (name) => {
  expect(refusalOf(name)).toBeUndefined();
  expect(unknownSettings({ [name]: 'tcp://10.0.0.1:4000' })).toEqual([]);
});

it('does not mind a misspelt setting that is empty', () => {
  expect(readConfig({ KEYLEDGER_STROE: '' })).toEqual(readConfig({}));
});

it('knows its own names', () => {
  const all = [...Object.keys(environment.shape), ...FROM_FILES.map((name) => `${name}_FILE`)];
  for (const name of all) expect([name, refusalOf(name)]).toEqual([name, undefined]);
  expect(unknownSettings(Object.fromEntries(all.map((name) => [name, 'x'])))).toEqual([]);
});
