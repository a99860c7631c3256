import type { Worker } from 'node:cluster';
import type { Logger } from 'pino';
import type { Metrics } from '../observability/metrics.js';
import { PendingRequests } from './requests.js';
import { parsePrimaryMessage, type WorkerMessage } from './worker-messages.js';

/** How long to wait for the primary, in milliseconds: longer than it waits for a worker, shorter than Prometheus waits. */
const PATIENCE = 5000;

/** A worker's part in the metrics of all workers: it sends its own to the primary, and asks the primary when it is scraped itself. */
export class WorkerMetrics {
  readonly #own: Metrics;
  readonly #worker: Worker;
  readonly #log: Pick<Logger, 'error'>;
  readonly #requests = new PendingRequests<string>();

  constructor(own: Metrics, worker: Worker, log: Pick<Logger, 'error'>) {
    this.#own = own;
    this.#worker = worker;
    this.#log = log;
    worker.on('message', (message) => this.#take(message));
    worker.once('disconnect', () => this.#requests.giveUp());
  }

  get contentType(): string {
    return this.#own.contentType;
  }

  /** The metrics of all workers, in Prometheus' text format; undefined if the primary does not send them. */
  async exposition(): Promise<string | undefined> {
    if (!this.#worker.isConnected()) return undefined;
    return this.#requests.ask((id) => this.#send({ type: 'scrape', id }), PATIENCE);
  }

  #take(received: unknown): void {
    const message = parsePrimaryMessage(received);
    if (message?.type === 'exposition') this.#requests.answer(message.id, message.text);
    if (message?.type === 'collect') this.#answerCollect(message.id);
  }

  async #answerCollect(id: number): Promise<void> {
    const figures = await this.#own.figures().catch((err: unknown) => {
      this.#log.error({ err }, 'the metrics of this process cannot be read');
      return undefined;
    });
    this.#send({ type: 'figures', id, figures });
  }

  #send(message: WorkerMessage): void {
    this.#worker.send(message);
  }
}
