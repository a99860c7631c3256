import type { Profiler } from 'node:inspector';
import { Session } from 'node:inspector/promises';

/** Microseconds of the main thread, idle ones apart, by what used them: see `originOf`. */
export type Spent = Record<string, number>;

/**
 * Starts V8's sampling profiler in this process.
 * @returns stops it, and answers with what was used since
 */
export async function startProfile(): Promise<() => Promise<Spent>> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.start');
  return async () => {
    const { profile } = await session.post('Profiler.stop');
    session.disconnect();
    return spentIn(profile);
  };
}

function spentIn({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): Spent {
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const spent: Spent = {};
  // A delta is the time before its sample, and a sample stands for the time until the next.
  samples.forEach((sample, index) => {
    let origin: string | undefined;
    for (let id: number | undefined = sample; id !== undefined && origin === undefined; id = parents.get(id)) {
      const frame = frames.get(id);
      origin = frame && originOf(frame);
    }
    const used = timeDeltas[index + 1] ?? 0;
    if (origin !== undefined && origin !== '(idle)') spent[origin] = (spent[origin] ?? 0) + used;
  });
  return spent;
}

/**
 * The package, the folder of ours or the part of Node that a frame is in, or what V8 calls a frame of its own, such as
 * `(garbage collector)`. Undefined for native code, which counts for its caller.
 */
function originOf({ url, functionName }: Profiler.Profile['nodes'][number]['callFrame']): string | undefined {
  if (url === '') return functionName.startsWith('(') ? functionName : undefined;
  const [, name] = /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url) ?? /\/(src\/[^/]+)\//.exec(url) ?? [];
  return name ?? (url.startsWith('node:') ? 'node' : 'the rest');
}
