import type { Worker } from 'node:cluster';
import type { Logger } from 'pino';
import { expositionOf, type Figures, totalOf } from '../observability/figures.js';
import { PendingRequests } from './requests.js';
import type { PrimaryMessage } from './worker-messages.js';

/** How long to wait for a worker's figures, in milliseconds. Prometheus waits for ten seconds. */
const PATIENCE = 3000;

/**
 * The combined metrics of all workers, kept by the primary. A sum never falls: a worker that does not answer, or has ended, counts with
 * its last figures. What it counted between its last answer and its end is lost.
 */
export class WorkersMetrics {
  readonly #log: Pick<Logger, 'warn'>;
  readonly #living = new Map<Worker, Informant>();
  #ended: Figures = [];

  constructor(log: Pick<Logger, 'warn'>) {
    this.#log = log;
  }

  add(worker: Worker): void {
    this.#living.set(worker, new Informant(worker));
  }

  /** Records that the worker has ended. */
  remove(worker: Worker): void {
    const informant = this.#living.get(worker);
    if (!informant) return;
    this.#living.delete(worker);
    this.#ended = totalOf([this.#ended, informant.figures]);
    informant.giveUp();
  }

  /** Records a worker's answer. */
  record(worker: Worker, id: number, figures: Figures | undefined): void {
    this.#living.get(worker)?.record(id, figures);
  }

  /** Asks these workers for their figures. Returns those of all workers, in Prometheus' text format. */
  async exposition(asked: Worker[]): Promise<string> {
    await Promise.all(asked.map((worker) => this.#ask(worker)));
    // Does not use the answers: a worker that ended after its answer is in `#ended`.
    return expositionOf([this.#ended, ...[...this.#living.values()].map(({ figures }) => figures)]);
  }

  async #ask(worker: Worker): Promise<void> {
    const answered = await this.#living.get(worker)?.ask();
    if (answered === false) this.#log.warn({ worker: worker.id }, 'a worker did not send its metrics; its last ones are used');
  }
}

/** One worker and its last figures. */
class Informant {
  readonly #worker: Worker;
  readonly #requests = new PendingRequests<Figures>();
  figures: Figures = [];

  constructor(worker: Worker) {
    this.#worker = worker;
  }

  /** Resolves to whether it answered. */
  async ask(): Promise<boolean> {
    const send = (id: number) => this.#worker.send({ type: 'collect', id } satisfies PrimaryMessage);
    const figures = await this.#requests.ask(send, PATIENCE);
    this.figures = figures ?? totalOf([this.figures]);
    return figures !== undefined;
  }

  record(id: number, figures: Figures | undefined): void {
    this.#requests.answer(id, figures);
  }

  giveUp(): void {
    this.#requests.giveUp();
  }
}
