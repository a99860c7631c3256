import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { ProjectingThread, type ProjectingThreadOptions } from '../../src/app/projecting-thread.js';
import type { LeftOut } from '../../src/projections/engine/file-in-filling.js';
import type { ProjectRequest } from '../../src/projections/engine/projector.js';
import { openLog } from '../../src/store/sqlite/sqlite-file.js';
import { writeHistory } from '../bench/support/history.js';
import { keyledger, run } from '../cli/run.js';
import { cleanUpLater, temporaryDirectory } from '../support/cleanup.js';
import { complaintsIn } from '../support/complaints.js';
import { descriptorsOf } from '../support/descriptors.js';
import { rounds } from '../support/long.js';
import { untilProjected } from '../support/readiness.js';
import { type Server, startServer } from '../support/server.js';

const BUILT = join(import.meta.dirname, '../../dist/app');

/** Appends that many events in one transaction, ten on each new account, as another process would. */
function burst(directory: string, name: string, events: number): void {
  const log = openLog(join(directory, 'events.db'));
  writeHistory(
    log,
    Array.from({ length: events / 10 }, (_, index) => ({ account: `${name}-${index}`, events: 10 })),
  );
  log.close();
}

describe('a server under load', () => {
  const settings = { KEYLEDGER_PSEUDONYM_KEY: Buffer.alloc(32, 7).toString('base64') };

  /** True if the thread has the file open: beside the server's own two descriptors, a third. */
  const isAtWork = ({ process, dataDirectory }: Server, file: string) =>
    descriptorsOf(join(dataDirectory, file), process.pid).length > 2;

  /** Appends bursts until the thread works on both files. */
  async function untilAtWork(server: Server, name: string): Promise<void> {
    for (let round = 0; !['projections.db', 'analytics.db'].every((file) => isAtWork(server, file)); round += 1) {
      burst(server.dataDirectory, `${name}-${round}`, 500);
      await delay(100);
    }
  }

  /** Expects that the tables are those of a replay from event zero. */
  async function expectRight(dataDirectory: string): Promise<void> {
    const replay = await keyledger(['replay'], { KEYLEDGER_DATA: dataDirectory, ...settings });
    expect(replay).toMatchObject({ code: 0, stderr: '' });
    expect(replay.stdout).toMatch(/^activity_5: \d{3,} events .*: equal$/m);
  }

  const itOnLinux = existsSync('/proc/self/fd') ? it : it.skip;

  itOnLinux('applies events in a thread, which leaves the same tables as a replay', async () => {
    const directory = temporaryDirectory();
    const server = await startServer(directory, settings);
    await untilAtWork(server, 'before');
    await untilProjected(server);
    await expectRight(directory);
    const auditor = await server.client(undefined, { role: 'auditor' });
    const { data } = await auditor.send('{ events(last: 1) { edges { node { account } } } }');
    expect(JSON.stringify(data)).toMatch(/before-\d+-49/);
    expect(complaintsIn(server.output())).toEqual([]);
    expect(await server.end('SIGTERM')).toBe(0);
  });

  itOnLinux('loses nothing and applies nothing twice if it is killed while the thread works', async () => {
    const directory = temporaryDirectory();
    for (let round = 0; round < rounds(2, 12); round += 1) {
      const server = await startServer(directory, settings);
      await untilAtWork(server, `killed-${round}`);
      burst(directory, `last-${round}`, 3000);
      await delay(100 + 20 * round);
      await server.end('SIGKILL');
    }
    const server = await startServer(directory, settings);
    await untilProjected(server);
    await expectRight(directory);
    expect(await server.end('SIGTERM')).toBe(0);
  });
});

describe('the thread', () => {
  const REQUEST: ProjectRequest = { file: 'projections.db', seen: '1:1', projection: 'history_5', upTo: 1, first: undefined };

  /** Answers nothing, and does not end before the test lets it go. */
  const HANGS = "setInterval(() => existsSync(import.meta.filename + '.end') && process.exit(), 5);";

  /** Asks a thread that runs this program. */
  function open(program: string, time: Partial<NonNullable<ProjectingThreadOptions['time']>> = {}, url?: URL) {
    const directory = temporaryDirectory();
    const script = join(directory, 'worker.mjs');
    const diary = join(directory, 'diary');
    writeFileSync(
      script,
      `import { appendFileSync, existsSync } from 'node:fs';
       import { parentPort } from 'node:worker_threads';
       const write = (word) => appendFileSync(${JSON.stringify(diary)}, word + ' ');
       const done = (events) => parentPort.postMessage({ type: 'done', leftOut: [{ projection: 'history_5', events, ofAll: false }] });
       const onRequests = (listener) => parentPort.on('message', (message) => {
         if (message !== 'end') return listener(message);
         write('end');
         parentPort.close();
       });
       write('start');
       ${program}
       parentPort.postMessage({ type: 'ready' });`,
    );
    const logged: object[] = [];
    const log = { info() {}, warn() {}, error: (fields: object) => void logged.push(fields) };
    const thread = new ProjectingThread({
      dataDirectory: directory,
      store: { kind: 'sqlite', file: join(directory, 'events.db') },
      pseudonymKey: undefined,
      log,
      script: url ?? pathToFileURL(script),
      time: { limit: 60_000, pause: 60_000, idle: 60_000, ...time },
    });
    const letGo = () => writeFileSync(`${script}.end`, '');
    cleanUpLater(() => thread.stop());
    cleanUpLater(letGo);
    return { thread, logged, letGo, words: () => (existsSync(diary) ? readFileSync(diary, 'utf8').trim().split(' ') : []) };
  }

  /** Asks, and lets a moment pass. */
  async function asked(thread: ProjectingThread): Promise<LeftOut[]> {
    const leftOut = await thread.project(REQUEST);
    await delay(10);
    return leftOut;
  }

  /** Asks again until the thread has answered. */
  async function answered(thread: ProjectingThread): Promise<LeftOut[]> {
    for (;;) {
      const leftOut = await thread.project(REQUEST);
      if (leftOut.length > 0) return leftOut;
      await delay(10);
    }
  }

  it('lets nobody wait while it starts', async () => {
    const { thread } = open('await new Promise((resolve) => parentPort.once("message", resolve));');
    expect(await thread.project(REQUEST)).toEqual([]);
    expect(await thread.project(REQUEST)).toEqual([]);
  });

  it('is asked together for what was asked while it was busy', async () => {
    const { thread } = open('onRequests((requests) => done(requests.length));');
    await answered(thread);
    const counts = await Promise.all(Array.from({ length: 5 }, () => thread.project(REQUEST)));
    expect(counts.map(([first]) => first?.events)).toEqual([5, 5, 5, 5, 5]);
  });

  describe.each([
    ['throws', 'throw new Error("broken")'],
    ['exits', 'process.exit(3)'],
    ['does not answer', ''],
  ])('that %s', (_what, fault) => {
    it('is given up for a while', async () => {
      const { thread, logged, words } = open(`onRequests(() => { ${fault} });`, { limit: 500 });
      while (logged.length === 0) expect(await asked(thread)).toEqual([]);
      for (let time = 0; time < 5; time += 1) expect(await asked(thread)).toEqual([]);
      expect(logged).toHaveLength(1);
      expect(words().filter((word) => word === 'start')).toHaveLength(1);
    });

    it('is replaced after a pause', async () => {
      const program = `
        const isFirst = !existsSync(import.meta.filename + '.second');
        appendFileSync(import.meta.filename + '.second', '');
        onRequests(() => { if (isFirst) { ${fault} } else done(1); });`;
      const { thread, logged } = open(program, { limit: 500, pause: 1 });
      expect(await answered(thread)).toHaveLength(1);
      expect(logged.length).toBeGreaterThan(0);
    });
  });

  it('that has answered in time is not given up if the answer was read too late', async () => {
    const limit = 2000;
    const program = "onRequests(() => { write('asked'); setTimeout(() => done(1), 50); });";
    const { thread, logged, words } = open(program, { limit });
    await answered(thread);
    const answer = thread.project(REQUEST);
    while (words().filter((word) => word === 'asked').length < 2) await delay(0);
    // From here, timers come before messages.
    await new Promise(setImmediate);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1.1 * limit);
    expect(await answer).toHaveLength(1);
    expect(logged).toEqual([]);
  });

  it('that hangs is not replaced before it has ended', async () => {
    const { thread, logged, words, letGo } = open(HANGS, { limit: 50, pause: 1 });
    while (logged.length === 0) await asked(thread);
    for (let time = 0; time < 30; time += 1) await asked(thread);
    expect(words()).toEqual(['start']);
    letGo();
    while (words().length === 1) await asked(thread);
    expect(words()).toEqual(['start', 'start']);
  });

  it('that hangs holds no stop up forever', async () => {
    const { thread } = open(HANGS, { limit: 50 });
    await thread.project(REQUEST);
    await thread.stop();
  });

  it('that cannot be started is tried again after a pause', async () => {
    const nowhere = new URL('https://example.com/worker.mjs');
    const patient = open('', {}, nowhere);
    for (let time = 0; time < 5; time += 1) expect(await patient.thread.project(REQUEST)).toEqual([]);
    expect(patient.logged).toHaveLength(1);
    const hasty = open('', { pause: 1 }, nowhere);
    while (hasty.logged.length < 2) await asked(hasty.thread);
  });

  it('ends when nobody asks any more, and starts again when somebody does', async () => {
    const { thread, logged, words } = open('onRequests(() => done(1));', { idle: 50 });
    await answered(thread);
    while (!words().includes('end')) await delay(10);
    await answered(thread);
    expect(words().slice(0, 3)).toEqual(['start', 'end', 'start']);
    expect(logged).toEqual([]);
  });

  it('finishes what it does before it stops, and does not start again', async () => {
    const { thread, logged, words } = open('onRequests(() => setTimeout(() => { write("work"); done(1); }, 100));');
    await answered(thread);
    const last = thread.project(REQUEST);
    await delay(0);
    await thread.stop();
    expect(await last).toHaveLength(1);
    expect(words().slice(-2)).toEqual(['work', 'end']);
    expect(await thread.project(REQUEST)).toEqual([]);
    expect(words().filter((word) => word === 'start')).toHaveLength(1);
    expect(logged).toEqual([]);
  });

  it('does not keep the process alive', async () => {
    const directory = temporaryDirectory();
    openLog(join(directory, 'events.db')).close();
    const options = { dataDirectory: directory, store: { kind: 'sqlite', file: join(directory, 'events.db') } };
    const program = `
      import { ProjectingThread } from ${JSON.stringify(pathToFileURL(join(BUILT, 'projecting-thread.js')))};
      const timer = setInterval(() => {}, 1000);
      const thread = new ProjectingThread({ ...${JSON.stringify(options)}, log: console });
      await thread.project({});
      setTimeout(() => clearInterval(timer), 500);`;
    const outcome = await run(process.execPath, ['--input-type=module', '--eval', program]);
    expect(outcome).toEqual({ code: 0, stdout: '', stderr: '' });
  });
});
