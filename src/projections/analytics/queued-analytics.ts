import type { Distribution, Presentation } from '../../domain/analytics/distribution.js';
import type { Clock } from '../../shared/clock.js';
import { untilUnlocked } from '../../shared/until-unlocked.js';
import { NotCaughtUp } from '../engine/caught-up.js';
import type { Connection } from '../engine/connection.js';
import type { AccountsAtLimit, Known, Series, Totals } from './analytics.js';
import type { Metric } from './analytics-metrics.js';
import type { AccountPage, DistributionMetric, RotationFunnel } from './analytics-questions.js';
import type { Answering } from './answering.js';
import { KeptAnswers } from './kept-answers.js';
import type { Answer, Answered, AnswerOf, Found, Question } from './question.js';
import { QuestionQueue } from './question-queue.js';
import { TablesState } from './tables-state.js';

/** The maximum number of different questions that wait, and of answers that are kept. */
const LIMITS = { waiting: 32, kept: 64 };

export interface QueuedAnalyticsOptions {
  /** The connection that fills the tables. Only positions are read from it. */
  database: Connection;
  answering: Answering;
  clock: Clock;
}

/**
 * Answers analysts' questions one after another, away from what other requests need. An answer is kept as long as no event changes it and
 * the present does not. Each method throws TooManyQuestions if it is not a question's turn before the signal aborts, and QuestionFailed,
 * TablesLocked or TablesDamaged if the tables cannot be read.
 */
export class QueuedAnalytics {
  readonly #answering: Answering;
  readonly #clock: Clock;
  readonly #state: TablesState;
  readonly #queue = new QuestionQueue<Answered>(LIMITS.waiting);
  readonly #kept = new KeptAnswers(LIMITS.kept);

  constructor({ database, answering, clock }: QueuedAnalyticsOptions) {
    this.#answering = answering;
    this.#clock = clock;
    this.#state = new TablesState(database);
  }

  totals(signal: AbortSignal): Promise<Known<Totals>> {
    return this.#ask({ type: 'totals' }, signal);
  }

  series(metric: Metric, bounds: readonly number[], signal: AbortSignal): Promise<Known<Series>> {
    return this.#ask({ type: 'series', metric, bounds }, signal);
  }

  distribution(metric: DistributionMetric, presentation: Presentation, signal: AbortSignal): Promise<Known<Distribution>> {
    return this.#ask({ type: 'distribution', metric, presentation }, signal);
  }

  rotationFunnel(signal: AbortSignal): Promise<Known<RotationFunnel>> {
    return this.#ask({ type: 'rotationFunnel' }, signal);
  }

  accountsAtLimit(page: AccountPage, signal: AbortSignal): Promise<Known<AccountsAtLimit>> {
    return this.#ask({ type: 'accountsAtLimit', page }, signal);
  }

  async #ask<Type extends keyof Found>(question: Question & { type: Type }, signal: AbortSignal): Promise<Known<Found[Type]>> {
    const name = JSON.stringify(question);
    const kept = await this.#find(name);
    const { answer, moment } = kept ?? (await this.#queue.ask(name, () => this.#answer(name, question), signal));
    if (!isOf(question.type, answer)) throw new TypeError(`A question of ${question.type} got an answer of ${answer.type}.`);
    const found: Found[Type] = answer.found;
    return { ...found, ...moment };
  }

  /** Computes the answer, unless that was done while the question waited. */
  async #answer(name: string, question: Question): Promise<Answered> {
    const kept = await this.#find(name);
    if (kept) return kept;
    const before = await untilUnlocked(() => this.#state.positions());
    const answered = await this.#answering.answer(question, this.#clock());
    const { position, usagePosition } = answered.moment;
    // The tables were emptied meanwhile, and are being filled again.
    if (position < before.position || usagePosition < before.usagePosition) throw new NotCaughtUp();
    this.#kept.keep(name, answered);
    return answered;
  }

  async #find(name: string): Promise<Answered | undefined> {
    return this.#kept.find(name, await untilUnlocked(() => this.#state.read()), this.#clock());
  }
}

function isOf<Type extends keyof Found>(type: Type, answer: Answer): answer is Answer & AnswerOf<Type> {
  return answer.type === type;
}
