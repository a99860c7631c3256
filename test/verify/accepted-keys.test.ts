import { AcceptedKeys } from '../../src/verify/accepted-keys.js';

const KEY = { account: 'acme', keyId: 'key_1', scopes: [] };
const FOREVER = Number.POSITIVE_INFINITY;

let running = 0;
let wall = 0;
beforeEach(() => {
  running = 0;
  wall = 1_000_000;
});

const open = (size = 10) => new AcceptedKeys({ lifetime: 1000, size, clocks: [() => running, () => wall] });

/** Lets both clocks go on. */
function pass(milliseconds: number): void {
  running += milliseconds;
  wall += milliseconds;
}

it('forgets a key at the end of its lifetime here, counted from before Keyledger was asked', () => {
  const accepted = open();
  const asked = accepted.now();
  pass(600);
  accepted.add('Bearer one', KEY, asked, FOREVER);
  pass(399);
  expect(accepted.find('Bearer one')).toBe(KEY);
  pass(1);
  expect(accepted.find('Bearer one')).toBeUndefined();
});

it('forgets a key when the key itself ends, if that is earlier', () => {
  const accepted = open();
  accepted.add('Bearer one', KEY, accepted.now(), 500);
  accepted.add('Bearer two', KEY, accepted.now(), 0);
  expect(accepted.find('Bearer two')).toBeUndefined();
  pass(499);
  expect(accepted.find('Bearer one')).toBe(KEY);
  pass(1);
  expect(accepted.find('Bearer one')).toBeUndefined();
});

it.each([
  ['the machine slept', () => (wall += 1000)],
  [
    'the clock was set back',
    () => {
      running += 1000;
      wall -= 5000;
    },
  ],
])('forgets a key in time, although %s', (_, happens) => {
  const accepted = open();
  accepted.add('Bearer one', KEY, accepted.now(), FOREVER);
  happens();
  expect(accepted.find('Bearer one')).toBeUndefined();
});

it('finds a key by exactly the credentials that were accepted', () => {
  const accepted = open();
  accepted.add('Bearer one', KEY, accepted.now(), FOREVER);
  expect(['Bearer one ', 'bearer one', 'Bearer On', '', 'one'].map((other) => accepted.find(other))).toEqual(
    Array(5).fill(undefined),
  );
});

it('holds no more keys than it may, and lets go of the oldest', () => {
  const accepted = open(2);
  for (const name of ['one', 'two', 'one', 'three']) accepted.add(name, KEY, accepted.now(), FOREVER);
  expect(['one', 'two', 'three'].filter((name) => accepted.find(name))).toEqual(['one', 'three']);
});

it('holds nothing of the credentials', () => {
  const held: unknown[] = [];
  const { set } = Map.prototype;
  Map.prototype.set = function (...entry) {
    held.push(entry);
    return set.apply(this, entry);
  };
  try {
    const accepted = open();
    accepted.add('Bearer kls_secret', KEY, accepted.now(), FOREVER);
  } finally {
    Map.prototype.set = set;
  }
  expect(held).toEqual([[expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/), { key: KEY, until: expect.any(Array) }]]);
});
