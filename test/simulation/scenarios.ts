import type { CreateKey, KeyCommand } from '../../src/domain/keys/model.js';
import { EPOCH } from './globals.js';

/** When the expiring key of a scenario expires, in milliseconds since 1970. */
export const EXPIRY = EPOCH + 1000;

/** A process of a scenario. */
export interface ScenarioProcess {
  /** One after another. */
  commands: KeyCommand[];
  /** True if it knows nothing of what happened before. */
  isLate: boolean;
}

/** Processes that change one account at once. */
export interface Scenario {
  name: string;
  /** What happened before. */
  before: CreateKey[];
  processes: ScenarioProcess[];
  /** True if the clocks may pass the expiry meanwhile. */
  expires: boolean;
}

type Kind = 'create' | 'delete' | 'rotate' | 'overlap';

const KINDS: Kind[] = ['create', 'delete', 'rotate', 'overlap'];

/** What the account holds before: one key, two keys, or two of which the older one expires. */
const BEFORE: Record<string, CreateKey[]> = {
  'one key': [created('old')],
  'two keys': [created('old'), created('other')],
  'two keys, of which one expires': [created('old', EXPIRY), created('other')],
};

/** Every choice of so many commands for each of so many processes, each late or not, apart from which process has which. */
export function scenarios(processes: number, commands: number): Scenario[] {
  const choices = sequences(KINDS, commands).flatMap((kinds) => [false, true].map((isLate) => ({ kinds, isLate })));
  const lists = multisets(choices, processes);
  return Object.entries(BEFORE).flatMap(([held, before]) =>
    lists.map((list) => ({
      name: `${held}: ${list.map(({ kinds, isLate }) => `${kinds.join(' and ')}${isLate ? ' (late)' : ''}`).join(' | ')}`,
      before,
      processes: list.map(({ kinds, isLate }, process) => ({
        commands: kinds.map((kind, index) => commandOf(kind, `${process}${index}`)),
        isLate,
      })),
      expires: held.endsWith('expires'),
    })),
  );
}

function commandOf(kind: Kind, name: string): KeyCommand {
  switch (kind) {
    case 'create':
      return created(`new${name}`);
    case 'delete':
      return { type: 'DeleteKey', keyId: idOf('old'), reason: 'REQUESTED' };
    case 'rotate':
      return { type: 'RotateKey', key: created(`new${name}`).key, keyId: idOf('old'), overlap: 0 };
    case 'overlap':
      return { type: 'RotateKey', key: created(`new${name}`).key, keyId: idOf('old'), overlap: 60 };
  }
}

function created(name: string, end?: number): CreateKey {
  const key = { keyId: idOf(name), secretHash: Buffer.from(name.padEnd(32)).toString('hex'), hint: name.padEnd(4).slice(0, 4) };
  return { type: 'CreateKey', key, name, scopes: [], expiresAt: end === undefined ? undefined : new Date(end).toISOString() };
}

function idOf(name: string): string {
  return `key_${name.padEnd(22, '0')}`;
}

function sequences<T>(items: T[], length: number): T[][] {
  return length === 0 ? [[]] : items.flatMap((item) => sequences(items, length - 1).map((rest) => [item, ...rest]));
}

function multisets<T>(items: T[], size: number): T[][] {
  if (size === 0) return [[]];
  return items.flatMap((item, index) => multisets(items.slice(index), size - 1).map((rest) => [item, ...rest]));
}
