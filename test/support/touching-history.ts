import type { HistoryRead } from '../../src/domain/audit/history-read.js';
import type { UsageEvent } from '../../src/domain/usage/key-usage.js';
import { encode } from '../../src/store/codec.js';
import type { EventStore } from '../../src/store/event-store.js';
import { readsStreamOf } from '../../src/store/streams.js';
import { record } from './histories.js';
import { at, created, deleted, expirySet, id, START } from './specification.js';
import { closed, recordUsage, refused, totalled, used } from './usage-events.js';

const QUARTER = 900_000;

/** Records events of every type of every category. They touch every table of every projection, some of them several times. */
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
  await recordTouchingUsage(store);
  const past = { at: at(START), actor: 'auditor' };
  const read: HistoryRead = { type: 'HistoryRead', data: { what: 'events', filter: { account: 'first' }, times: 2 } };
  for (let version = 0; version < 4; version += 1) {
    await store.append(readsStreamOf(past.at, 'auditor'), version, [encode({ ...read, ...past }, 'none')]);
  }
}

/** Records counts of two days and three writers. Some are counted again, some are totalled, and some are totalled while others are not. */
async function recordTouchingUsage(store: EventStore): Promise<void> {
  const [a, b, c] = [id('a'), id('b'), id('c')];
  const events: [event: UsageEvent, writer?: string][] = [
    [
      used(
        [
          [a, 1, 5, 5],
          [b, 1, 5, 5],
        ],
        [[0, 2]],
      ),
    ],
    [
      used(
        [
          [b, 2, 1, 7],
          [c, 1, 7, 7],
        ],
        [
          [0, 3],
          [1, 1],
        ],
      ),
      'b',
    ],
    [
      refused(
        [
          ['first', 2, 5, 9],
          ['second', 1, 5, 5],
        ],
        [[1, 3]],
      ),
      'c',
    ],
    [
      used(
        [[a, 3, 5, 900_001]],
        [
          [0, 2],
          [1, 2],
        ],
      ),
    ],
    [closed()],
    [closed(), 'c'],
    [totalled(['a', 'c'], { uses: [[a, 3, 5, 900_001]], refusals: [['first', 2, 5, 9]] })],
    [used([[b, 3, 1, 9]], [[1, 2]]), 'b'],
    [
      totalled(['a', 'c'], {
        uses: [[b, 1, 5, 5]],
        verifications: [
          [0, 2],
          [1, 2],
        ],
      }),
    ],
    [used([[a, 1, 3, 3]], [[0, 1]], '2026-01-02')],
    [refused([['first', 1, 3, 3]], [[0, 1]], '2026-01-02'), 'b'],
  ];
  for (const [event, writer] of events) await recordUsage(store, event, writer);
}
