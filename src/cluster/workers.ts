import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Logger } from 'pino';
import type { Config } from '../config.js';
import { createLog } from '../observability/log.js';
import { Backoff } from '../shared/backoff.js';
import { BUILD_INFO } from '../shared/build-info.js';
import { listening } from '../shared/cannot-listen.js';
import { GRACE } from './serve.js';
import { onSignal } from './signals.js';
import { type PrimaryMessage, parseWorkerMessage, type WorkerMessage } from './worker-messages.js';
import { WorkersMetrics } from './workers-metrics.js';

/** After this many workers in a row ended before they were ready, while no other worker is ready, the fault is not theirs. */
const GIVE_UP = 3;

const NONE_READY = 'workers end before they are ready; the log lines above say why';

/** The waits before a worker that has ended is replaced. */
const BACKOFF = { first: 100, longest: 10_000, calm: 60_000 };

/** How much longer than a worker itself the primary waits for its stop, in milliseconds. */
const MARGIN = 1000;

/**
 * Runs that many processes of this command behind one port until SIGTERM or SIGINT, and replaces any that ends. The first one starts
 * alone: it creates missing files and fills the projections for all.
 * @param onReady called with the address once the first one is ready, unless a signal came first
 */
export async function serveOnWorkers(config: Config, count: number, onReady: (address: string) => void): Promise<void> {
  const log = createLog(config.logLevel);
  const workers = new Workers(config, count, { log, onReady });
  onSignal((signal) => workers.stop(signal));
  log.info({ ...BUILD_INFO, node: process.version, workers: count }, 'Keyledger starts');
  await workers.start();
}

class Workers {
  readonly #config: Config;
  readonly #count: number;
  readonly #log: Logger;
  readonly #onReady: (address: string) => void;
  readonly #metrics;
  readonly #backoff = new Backoff(BACKOFF);
  readonly #living = new Map<Worker, 'starting' | 'ready'>();
  #port = 0;
  #address: string | undefined;
  #endedUnready = 0;
  #stopping = false;
  #exitCode = 0;

  constructor(config: Config, count: number, { log, onReady }: { log: Logger; onReady: (address: string) => void }) {
    this.#config = config;
    this.#count = count;
    this.#log = log;
    this.#onReady = onReady;
    this.#metrics = new WorkersMetrics(this.#log);
    cluster.on('message', (worker, message) => this.#take(worker, parseWorkerMessage(message)));
    cluster.on('exit', (worker, code, signal) => this.#recordEnd(worker, code, signal));
  }

  /**
   * Starts the first worker.
   * @throws CannotListen
   */
  async start(): Promise<void> {
    // Node would choose another port each time the last worker is gone, and each worker would fail where none can listen.
    this.#port = await usablePort(this.#config);
    this.#fill();
  }

  /**
   * Lets every worker drain, then finish its requests in flight. The process ends with 0 if none had to be cut off. A second call ends all
   * workers at once.
   */
  stop(reason: string): void {
    if (this.#stopping) {
      this.#cutOff();
      process.exit(1);
    }
    this.#stopping = true;
    const { drain, deadline } = this.#config;
    this.#log.info({ reason, drain }, 'stopping');
    for (const worker of this.#living.keys()) this.#drain(worker);
    setTimeout(() => this.#disconnect(reason), drain);
    setTimeout(() => this.#cutOff(), drain + deadline + GRACE + MARGIN).unref();
    this.#endWhenNoneLives();
  }

  #drain(worker: Worker): void {
    if (worker.isConnected()) worker.send({ type: 'drain' } satisfies PrimaryMessage);
  }

  #disconnect(reason: string): void {
    this.#log.info({ reason }, 'finishing requests in flight');
    for (const worker of this.#living.keys()) if (worker.isConnected()) worker.process.disconnect();
  }

  #fill(): void {
    if (this.#stopping) return;
    const wanted = this.#address === undefined ? 1 : this.#count;
    while (this.#living.size < wanted) {
      const worker = cluster.fork({ PORT: this.#port });
      this.#living.set(worker, 'starting');
      this.#metrics.add(worker);
      // The message was sent to a worker that has just ended; its end is reported separately.
      worker.on('error', (error) =>
        this.#log.warn({ worker: worker.id, err: error }, 'a message could not be sent to a worker'),
      );
      this.#log.info({ worker: worker.id, pid: worker.process.pid }, 'worker started');
    }
  }

  #take(worker: Worker, message: WorkerMessage | undefined): void {
    if (message?.type === 'starting' && this.#stopping) this.#drain(worker);
    if (message?.type === 'ready') this.#recordReady(worker, message.address);
    if (message?.type === 'figures') this.#metrics.record(worker, message.id, message.figures);
    if (message?.type === 'scrape') this.#answerScrape(worker, message.id);
  }

  #recordReady(worker: Worker, address: string): void {
    this.#living.set(worker, 'ready');
    this.#endedUnready = 0;
    if (this.#address !== undefined || this.#stopping) return;
    this.#address = address;
    this.#onReady(address);
    this.#fill();
  }

  #recordEnd(worker: Worker, code: number | null, signal: string | null): void {
    const wasReady = this.#living.get(worker) === 'ready';
    this.#living.delete(worker);
    this.#metrics.remove(worker);
    if (this.#stopping) {
      if (wasReady && code !== 0) this.#exitCode = 1;
      this.#endWhenNoneLives();
      return;
    }
    if (!wasReady) this.#endedUnready += 1;
    this.#log.error(
      { worker: worker.id, pid: worker.process.pid, code, signal },
      'a worker ended unexpectedly; it is replaced',
    );
    if (this.#isHopeless()) this.#giveUp({ ended: this.#endedUnready }, NONE_READY);
    else setTimeout(() => this.#retry(), this.#backoff.next());
  }

  async #retry(): Promise<void> {
    if (this.#address !== undefined) return this.#fill();
    await this.start().catch((error: unknown) => this.#giveUp({ err: error }, 'the port can be used no longer'));
  }

  /** Leaves out workers that are still starting, except the one that was scraped. */
  async #answerScrape(asked: Worker, id: number): Promise<void> {
    const serving = [...this.#living.keys()].filter((worker) => worker === asked || this.#living.get(worker) === 'ready');
    const text = await this.#metrics.exposition(serving.filter((worker) => worker.isConnected()));
    if (asked.isConnected()) asked.send({ type: 'exposition', id, text } satisfies PrimaryMessage);
  }

  #isHopeless(): boolean {
    return this.#endedUnready >= GIVE_UP && ![...this.#living.values()].includes('ready');
  }

  #giveUp(details: object, why: string): void {
    this.#log.fatal(details, why);
    this.#exitCode = 1;
    this.stop('no worker becomes ready');
  }

  #cutOff(): void {
    for (const worker of this.#living.keys()) worker.process.kill('SIGKILL');
  }

  #endWhenNoneLives(): void {
    if (this.#living.size === 0) process.exit(this.#exitCode);
  }
}

/**
 * The configured port, or a free one if that is 0.
 * @throws CannotListen
 */
async function usablePort({ host, port }: Config): Promise<number> {
  const server = createServer().listen(port, host);
  await listening({ host, port }, once(server, 'listening'));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}
