import { readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { COMMAND, run } from '../cli/run.js';
import { temporaryDirectory } from '../support/cleanup.js';
import { fewUnlessLong, itWhenLong } from '../support/long.js';
import type { ProjectionFile } from '../support/projection-files.js';
import { untilFilled, untilProjected } from '../support/readiness.js';
import { type Server, startServer } from '../support/server.js';
import { readAnew } from '../support/spoilt-pages.js';
import { describeWithStrace, makeUnreadable, UNREADABLE, unreadable } from '../support/strace.js';
import { type HeldKey, statusOf } from '../support/verify.js';

/** The answer to a question that is answered from the file. */
type Ask = (server: Server, held: HeldKey) => Promise<unknown>;

const asking =
  (role: 'auditor' | 'analyst', question: string): Ask =>
  async (server) => {
    const { data, errors } = await (await server.client(undefined, { role })).send(question);
    return errors ? errors.map(({ extensions }) => extensions?.code).join() : data;
  };

/** What is asked of each file, its answer, and the answer while it is filled anew. */
const FILES: [file: ProjectionFile, ask: Ask, answer: unknown, unready: unknown][] = [
  ['keys.db', statusOf, 200, 503],
  [
    'projections.db',
    asking('auditor', '{ events { edges { cursor } } }'),
    { events: { edges: [expect.anything()] } },
    'NOT_READY',
  ],
  [
    'analytics.db',
    asking('analyst', '{ analytics { distribution(metric: KEY_AGE, buckets: 1) { count } } }'),
    { analytics: { distribution: { count: 1 } } },
    'NOT_READY',
  ],
];

const ROWS = FILES.flatMap(([file, ask, answer, unready]) =>
  UNREADABLE.map((error) => ({ file, ask, answer, unready, error })),
);

const DAMAGED = /"file":"(\w+\.db)".*the projections file is damaged/g;

const foundIn = ({ output }: Server) => [...output().matchAll(DAMAGED)].map(([, file]) => file);

/** A server on which there is a key, and whose projections hold that. */
async function startUsed(dataDirectory: string) {
  const server = await startServer(dataDirectory);
  const held = await (await server.client()).newKey();
  await untilProjected(server);
  return { server, held };
}

describeWithStrace('a file of projections whose pages the disk cannot read', () => {
  it.each(fewUnlessLong(1, ROWS))('$file with $error, while a server runs: it is filled anew, aloud', async (row) => {
    const { file, ask, answer, unready, error } = row;
    const dataDirectory = temporaryDirectory();
    const { server, held } = await startUsed(dataDirectory);
    const before = realpathSync(join(dataDirectory, file));
    expect(await ask(server, held)).toEqual(answer);
    await makeUnreadable(before, error, server.process);
    readAnew(dataDirectory, file);
    while (foundIn(server).length === 0) {
      expect([[answer], [unready]]).toContainEqual([await ask(server, held)]);
      await delay(25);
    }
    await untilFilled(server);
    expect(await ask(server, held)).toEqual(answer);
    expect(foundIn(server)).toEqual([file]);
    expect(realpathSync(join(dataDirectory, file))).not.toBe(before);
  });

  itWhenLong.each(ROWS)('$file with $error, from the start: the server starts, and fills it anew', async (row) => {
    const { file, ask, answer, error } = row;
    const dataDirectory = temporaryDirectory();
    const { server: first, held } = await startUsed(dataDirectory);
    await first.end('SIGTERM');
    const program = [...unreadable(join(dataDirectory, file), error), process.execPath, COMMAND];
    const server = await startServer(dataDirectory, {}, undefined, [], program);
    await untilFilled(server);
    expect(await ask(server, held)).toEqual(answer);
    expect(foundIn(server)).toEqual([file]);
  });

  it('is kept by recover, which may need it once the disk can read it again', async () => {
    const dataDirectory = temporaryDirectory();
    const { server } = await startUsed(dataDirectory);
    await server.end('SIGTERM');
    const file = join(dataDirectory, 'projections.db');
    const before = readFileSync(file);
    const [program = '', ...line] = [...unreadable(file, 'EIO'), process.execPath, COMMAND];
    const { code, stderr } = await run(program, [...line, 'recover'], { KEYLEDGER_DATA: dataDirectory });
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('The disk failed.') });
    expect(readFileSync(file).equals(before)).toBe(true);
  });
});
