import { TimedWriter } from '../../src/commands/timed-writer.js';
import { cleanUpLater } from '../support/cleanup.js';

/** Longer than any test. */
const NEVER = 2 ** 31 - 1;

/** A writer of words. */
function wordWriter() {
  const waiting: string[] = [];
  const written: string[][] = [];
  const lines: unknown[] = [];
  const say = (fields: object, message: string) => lines.push([message, fields]);
  const log = { warn: say, error: say } as never;
  const messages = { full: 'too much waits', recovered: 'everything is recorded again' };
  const write = async () => void written.push(waiting.splice(0));
  const writer = new TimedWriter({ interval: NEVER, isEmpty: () => waiting.length === 0, write, log, messages });
  cleanUpLater(() => writer.stop());
  const add = (word: string) => {
    waiting.push(word);
    writer.begin();
  };
  return { writer, add, written, lines };
}

const nextTurn = () => new Promise(setImmediate);

describe('a hurry', () => {
  it('writes what waits', async () => {
    const { writer, add, written } = wordWriter();
    add('a');
    add('b');
    await nextTurn();
    expect(written).toEqual([]);
    writer.hurry();
    await nextTurn();
    expect(written).toEqual([['a', 'b']]);
  });

  it.each(['at first', 'after a write'])('where nothing waits, does not hurry what comes next: %s', async (when) => {
    const { writer, add, written } = wordWriter();
    if (when === 'after a write') {
      add('a');
      await writer.flush();
    }
    const before = written.length;
    writer.hurry();
    add('b');
    await nextTurn();
    expect(written).toHaveLength(before);
    await writer.flush();
    expect(written.slice(before)).toEqual([['b']]);
  });
});

it('tells once that too much waits and how much that is, and after the write how much is lost', async () => {
  const { writer, add, lines } = wordWriter();
  for (let time = 0; time < 2; time += 1) {
    add('a');
    writer.drop(2, 7);
    writer.drop(1, 8);
    expect(lines.splice(0)).toEqual([['too much waits', { waiting: 7 }]]);
    await writer.flush();
    expect(lines.splice(0)).toEqual([['everything is recorded again', { lost: 3 }]]);
  }
  add('b');
  await writer.flush();
  expect(lines).toEqual([]);
});
