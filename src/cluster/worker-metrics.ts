import type { Worker } from 'node:cluster';
import type { Metrics } from '../observability/metrics.js';
import { PendingRequests } from './requests.js';
import { parsePrimaryMessage, type WorkerMessage } from './worker-messages.js';

/** How long to wait for the primary, in milliseconds: longer than it waits for a worker, shorter than Prometheus waits. */
const PATIENCE = 5000;

/** A worker's part in the metrics of all workers: it sends its own to the primary, and asks the primary when it is scraped itself. */
export class WorkerMetrics {
  readonly #own: Metrics;
  readonly #worker: Worker;
  readonly #requests = new PendingRequests<string>();

  constructor(own: Metrics, worker: Worker) {
    this.#own = own;
    this.#worker = worker;
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

  async #take(received: unknown): Promise<void> {
    const message = parsePrimaryMessage(received);
    if (message?.type === 'exposition') this.#requests.answer(message.id, message.text);
    if (message?.type === 'collect') this.#send({ type: 'figures', id: message.id, figures: await this.#own.figures() });
  }

  #send(message: WorkerMessage): void {
    this.#worker.send(message);
  }
}
