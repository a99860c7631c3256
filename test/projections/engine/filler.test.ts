import type { FillRequest } from '../../../src/projections/engine/fill.js';
import { type Filler, FillQueue } from '../../../src/projections/engine/filler.js';

/** A filler that has nothing to fill with: each call waits until it is ended. */
class WaitingFiller implements Filler {
  readonly calls: { files: string[]; signal: AbortSignal; end: () => void }[] = [];
  #heard = () => {};

  fill(requests: readonly FillRequest[], signal: AbortSignal): ReturnType<Filler['fill']> {
    return new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
      const end = () => resolve({ failures: [], leftOut: [] });
      this.calls.push({ files: requests.map(({ file }) => file).sort(), signal, end });
      this.#heard();
    });
  }

  /** Resolves with the call of that number, from 0, once it is made. */
  async called(number: number) {
    for (let call = this.calls[number]; ; call = this.calls[number]) {
      if (call) return call;
      await new Promise<void>((resolve) => {
        this.#heard = resolve;
      });
    }
  }
}

function openQueue() {
  const [filler, stop] = [new WaitingFiller(), new AbortController()];
  const queue = new FillQueue({ filler, signal: stop.signal });
  const ask = (file: string) => queue.fill({ file, projections: [], seen: undefined });
  return { filler, stop, queue, ask };
}

it('fills files in one pass that are asked for together', async () => {
  const { filler, ask } = openQueue();
  const filled = Promise.all(['projections.db', 'keys.db'].map(ask));
  const { files, end } = await filler.called(0);
  expect(files).toEqual(['keys.db', 'projections.db']);
  end();
  expect(await filled).toEqual([[], []]);
});

it('begins again with the file of keys where that is asked for later: verification and changes wait for it', async () => {
  const { filler, ask } = openQueue();
  const others = ask('projections.db');
  const first = await filler.called(0);
  const keys = ask('keys.db');
  expect(first.signal.aborted).toBe(true);
  const second = await filler.called(1);
  expect(second.files).toEqual(['keys.db', 'projections.db']);
  const later = ask('analytics.db');
  expect(second.signal.aborted).toBe(false);
  second.end();
  const third = await filler.called(2);
  expect(third.files).toEqual(['analytics.db']);
  third.end();
  expect(await Promise.all([others, keys, later])).toEqual([[], [], []]);
});

it('has a file of keys that is only behind brought to the end first, and does not hold up others that are only behind', async () => {
  const { filler, queue, ask } = openQueue();
  const behind = (file: string) => queue.fill({ file, projections: [], seen: undefined, inPlace: true });
  const filled = [behind('analytics.db')];
  const first = await filler.called(0);
  filled.push(ask('keys.db'));
  expect(first.signal.aborted).toBe(false);
  filled.push(behind('keys.db'), ask('projections.db'));
  expect(first.signal.aborted).toBe(true);
  const second = await filler.called(1);
  expect(second.files).toEqual(['analytics.db', 'keys.db']);
  second.end();
  const third = await filler.called(2);
  expect(third.files).toEqual(['keys.db', 'projections.db']);
  third.end();
  await Promise.all(filled);
});

it('begins nothing again once it is stopped', async () => {
  const { filler, stop, queue, ask } = openQueue();
  const refused = expect(ask('projections.db')).rejects.toThrow('aborted');
  await filler.called(0);
  stop.abort();
  await refused;
  await queue.ended();
  expect(filler.calls).toHaveLength(1);
});
