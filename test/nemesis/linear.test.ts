import type { Answer, Call, Change, Read } from './history.js';
import { unexplained } from './linear.js';

type Span = [start: number, end: number];

const change = (kind: Change['kind'], key: string, [start, end]: Span, answer: Answer): Call => ({
  kind,
  key,
  process: 0,
  start,
  end,
  ...answer,
});
const create = (key: string, span: Span, version: number) => change('create', key, span, { outcome: 'done', version });
const remove = (key: string, span: Span, version: number) => change('delete', key, span, { outcome: 'done', version });
const refused: Answer = { outcome: 'refused' };
const unknown: Answer = { outcome: 'unknown' };
const read = ([start, end]: Span, version: number, keys: string[], minVersion = 0): Read => ({
  kind: 'read',
  process: 0,
  start,
  end,
  minVersion,
  outcome: 'done',
  version,
  keys,
});

/** An account with two keys, at time 4. */
const full = [create('a', [1, 2], 1), create('b', [3, 4], 2)];

describe('an order is found', () => {
  it.each<[string, Call[]]>([
    ['without calls', []],
    ['for calls one after another', [...full, remove('a', [5, 6], 3), create('c', [7, 8], 4), read([9, 10], 4, ['b', 'c'])]],
    ['for calls at once, whatever order their answers came in', [create('b', [1, 9], 2), create('a', [1, 10], 1)]],
    ['for a refusal at the limit', [...full, change('create', 'c', [5, 6], refused)]],
    ['for a refusal while a key is being deleted', [...full, change('create', 'c', [5, 6], refused), remove('a', [5, 9], 3)]],
    [
      'for a key that was not found after its deletion',
      [...full, remove('a', [5, 6], 3), change('delete', 'a', [7, 8], refused)],
    ],
    ['for an unknown create that is seen later', [change('create', 'a', [1, 2], unknown), read([8, 9], 1, ['a'])]],
    ['for an unknown create that is never seen', [change('create', 'a', [1, 2], unknown), read([8, 9], 0, [])]],
    [
      'for an unknown create that takes effect after its end',
      [change('create', 'c', [1, 2], unknown), read([3, 4], 0, []), create('a', [5, 6], 1), read([7, 8], 2, ['c', 'a'])],
    ],
    [
      'for an unknown delete that frees a place',
      [...full, change('delete', 'a', [5, 6], unknown), create('c', [7, 8], 4), read([9, 10], 4, ['b', 'c'])],
    ],
    ['for a read of an older account that its minimum allows', [...full, read([5, 6], 1, ['a'], 1)]],
    ['for a read that waits for a change under way', [create('a', [1, 9], 1), read([2, 3], 1, ['a'])]],
    [
      'for a change of which an error says that it was not made',
      [change('create', 'x', [1, 2], { outcome: 'unchanged' }), ...full],
    ],
    ['whatever was verified', [{ kind: 'verify', process: 0, key: 'a', start: 1, end: 2, outcome: 'accepted' }]],
  ])('%s', (_name, history) => {
    expect(unexplained(history)).toEqual([]);
    expect(unexplained(history.toReversed())).toEqual([]);
  });
});

describe('no order is found', () => {
  it.each<[string, Call[]]>([
    ['for three keys', [...full, create('c', [5, 6], 3)]],
    ['for three keys of creates at once', [create('a', [1, 9], 1), create('b', [1, 9], 2), create('c', [1, 9], 3)]],
    ['for a version that two changes have', [create('a', [1, 2], 1), create('b', [3, 4], 1)]],
    ['for a version that no change has', [create('a', [1, 2], 2)]],
    ['for versions against the order of time', [create('a', [1, 2], 2), create('b', [3, 4], 1)]],
    ['for a refusal below the limit', [create('a', [1, 2], 1), change('create', 'c', [3, 4], refused)]],
    ['for a refusal after a place was free', [...full, remove('a', [5, 6], 3), change('create', 'c', [7, 8], refused)]],
    ['for a key that is not found and held', [...full, change('delete', 'a', [5, 6], refused)]],
    ['for a key that is deleted twice', [...full, remove('a', [5, 6], 3), remove('a', [7, 8], 4)]],
    ['for a key that comes back', [...full, remove('a', [5, 6], 3), read([7, 8], 3, ['a', 'b'])]],
    ['for an acknowledged key that is lost', [...full, read([5, 6], 2, ['a'])]],
    ['for a read that its minimum excludes', [...full, read([5, 6], 1, ['a'], 2)]],
    ['for a read of what was asked for later', [read([1, 2], 1, ['a']), create('a', [3, 4], 1)]],
    ['for a key that nobody made', [create('a', [1, 2], 1), read([3, 4], 1, ['x'])]],
    ['for a key that is listed twice', [create('a', [1, 2], 1), read([3, 4], 1, ['a', 'a'])]],
    [
      'for a key of which an error said that it was not made',
      [change('create', 'a', [1, 2], { outcome: 'unchanged' }), read([3, 4], 1, ['a'])],
    ],
    [
      'for an unknown create that takes effect twice',
      [change('create', 'a', [1, 2], unknown), remove('a', [3, 4], 2), read([5, 6], 3, ['a'])],
    ],
    [
      'for an unknown create that takes effect before it is asked for',
      [read([1, 2], 1, ['a']), change('create', 'a', [3, 4], unknown)],
    ],
  ])('%s', (_name, history) => {
    expect(unexplained(history)).not.toEqual([]);
    expect(unexplained(history.toReversed())).not.toEqual([]);
  });

  it('names the calls that are left', () => {
    const wrong = create('c', [5, 6], 3);
    expect(unexplained([...full, wrong])).toEqual([wrong]);
  });
});

describe('many creates of unknown outcome', () => {
  const lost = Array.from({ length: 60 }, (_, index) => change('create', `lost ${index}`, [0, 1], unknown));

  it('are followed by changes', () => {
    const told = Array.from({ length: 20 }, (_, index) => {
      const [key, at] = [`${index}`, 10 * index + 10];
      return [create(key, [at, at + 1], 2 * index + 1), remove(key, [at + 2, at + 3], 2 * index + 2)];
    }).flat();
    expect(unexplained([...lost, ...told, read([900, 901], 40, [])])).toEqual([]);
    const wrong = read([900, 901], 40, ['0'], 40);
    expect(unexplained([...lost, ...told, wrong])).toContain(wrong);
  });

  it('may have filled the account, which one can see at the end', () => {
    const seen = [change('create', 'a', [2, 3], refused), read([8, 9], 2, ['lost 50', 'lost 7'])];
    expect(unexplained([...lost, ...seen])).toEqual([]);
    const wrong = read([8, 9], 2, ['lost 50']);
    expect(unexplained([...lost, change('create', 'a', [2, 3], refused), wrong])).toContain(wrong);
  });
});
