import { z } from 'zod';
import { FIGURES } from '../observability/figures.js';

const FROM_WORKER = z.discriminatedUnion('type', [
  /** Announces that it receives messages from now on. Those sent before are lost. */
  z.object({ type: z.literal('starting') }),
  z.object({ type: z.literal('ready'), address: z.string() }),
  /** Asks for the metrics of all workers. */
  z.object({ type: z.literal('scrape'), id: z.number() }),
  /** Answers `collect`, without figures if they cannot be read. */
  z.object({ type: z.literal('figures'), id: z.number(), figures: FIGURES.optional() }),
]);

const FROM_PRIMARY = z.discriminatedUnion('type', [
  /** Asks for the worker's own metrics. */
  z.object({ type: z.literal('collect'), id: z.number() }),
  /** Answers `scrape`. */
  z.object({ type: z.literal('exposition'), id: z.number(), text: z.string() }),
  /** Announces that the channel will be closed. A worker that does not listen yet ends. */
  z.object({ type: z.literal('drain') }),
]);

/** A message from a worker to its primary. */
export type WorkerMessage = z.output<typeof FROM_WORKER>;

/** A message from the primary to a worker. */
export type PrimaryMessage = z.output<typeof FROM_PRIMARY>;

/** Undefined if the message is not one of ours. */
export function parseWorkerMessage(message: unknown): WorkerMessage | undefined {
  return FROM_WORKER.safeParse(message).data;
}

/** Undefined if the message is not one of ours. */
export function parsePrimaryMessage(message: unknown): PrimaryMessage | undefined {
  return FROM_PRIMARY.safeParse(message).data;
}
