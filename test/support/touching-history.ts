import type { HistoryRead } from '../../src/domain/history-read.js';
import type { UsageEvent } from '../../src/domain/key-usage.js';
import { encode, streamOf } from '../../src/store/codec.js';
import type { EventStore } from '../../src/store/event-store.js';
import { record } from './histories.js';
import { at, created, deleted, expirySet, id, START } from './specification.js';

const QUARTER = 900_000;

/** Of every category, events of every type that touch every table of every projection, some of them again and again. */
export async function recordTouchingHistory(store: EventStore): Promise<void> {
  await record(store, 'first', [
    created('a', { idempotencyKey: '1', scopes: ['read'], expiresAt: at(START + 5000) }),
    created('b'),
    deleted('a', { reason: 'EXPIRED' }),
    created('c', { replaces: id('b'), idempotencyKey: '2' }),
    expirySet('b', START + QUARTER),
  ]);
  await record(store, 'second', [
    created('d'),
    deleted('d', { reason: 'ROTATED', replacedBy: id('e') }),
    created('e', { replaces: id('d') }),
    created('f'),
    deleted('f', { reason: 'LEAKED' }),
  ]);
  await record(store, 'first', [deleted('c'), created('g')], 5);
  const past = { at: at(START), actor: 'auditor' };
  const usage: UsageEvent[] = [used('a', 'b'), refused('first', 'second'), used('b', 'c'), refused('first'), used('b')];
  for (const [version, event] of usage.entries()) {
    await store.append(streamOf('apiKeyUsage', '2026-01-01'), version, [encode({ ...event, ...past }, 'none')]);
  }
  const read: HistoryRead = { type: 'HistoryRead', data: { what: 'events', filter: { account: 'first' }, times: 2 } };
  for (let version = 0; version < 4; version += 1) {
    await store.append(streamOf('apiKeyReads', 'auditor'), version, [encode({ ...read, ...past }, 'none')]);
  }
}

function used(...letters: string[]): UsageEvent {
  return {
    type: 'KeysUsed',
    data: { uses: letters.map((letter) => ({ keyId: id(letter), count: 3, lastUsedAt: at(START) })) },
  };
}

function refused(...accounts: string[]): UsageEvent {
  const refusals = accounts.map((account) => ({ account, count: 2, lastRefusedAt: at(START + QUARTER) }));
  return { type: 'CreatesRefused', data: { refusals } };
}
