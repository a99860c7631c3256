import type { Distribution, Presentation } from '../../domain/analytics/distribution.js';
import type { Connection } from '../engine/connection.js';
import type { TimeRange } from '../engine/page.js';
import { type AccountsAtLimit, Analytics, type Moment, type Series, type Totals } from './analytics.js';
import type { Metric } from './analytics-metrics.js';
import type { AccountPage, DistributionMetric, RotationFunnel } from './analytics-questions.js';
import { TablesState } from './tables-state.js';
import { validityOf } from './validity.js';

/** A question of an analyst. Plain data, as it may go to another thread. */
export type Question =
  | { type: 'totals' }
  | { type: 'series'; metric: Metric; bounds: readonly number[] }
  | { type: 'distribution'; metric: DistributionMetric; presentation: Presentation }
  | { type: 'rotationFunnel' }
  | { type: 'accountsAtLimit'; page: AccountPage };

/** What is found for the questions of each type. */
export interface Found {
  totals: Totals;
  series: Series;
  distribution: Distribution;
  rotationFunnel: RotationFunnel;
  accountsAtLimit: AccountsAtLimit;
}

/** The answer to a question of the same type. */
export type Answer = { [Type in keyof Found]: AnswerOf<Type> }[keyof Found];

export interface AnswerOf<Type extends keyof Found> {
  type: Type;
  found: Found[Type];
}

/** An answer, and the moment, tables and instants for which it holds. */
export interface Answered {
  answer: Answer;
  moment: Moment;
  /** The state of the tables; see `TablesState`. */
  state: string;
  /** At which instants the tables give the same answer; undefined if at no other one. */
  validity: TimeRange | undefined;
}

/** Answers the question for that instant, in one transaction. The connection need not be able to write. */
export function answerQuestion(database: Connection, question: Question, at: number): Answered {
  const analytics = new Analytics(database, at);
  const state = new TablesState(database);
  const read = database.transaction(() => ({
    answer: answerFrom(analytics, question),
    moment: { ...state.positions(), at },
    state: state.read(),
    validity: validityOf(database, question, at),
  }));
  return read();
}

function answerFrom(analytics: Analytics, question: Question): Answer {
  switch (question.type) {
    case 'totals':
      return { type: question.type, found: analytics.totals() };
    case 'series':
      return { type: question.type, found: analytics.series(question.metric, question.bounds) };
    case 'distribution':
      return { type: question.type, found: analytics.distribution(question.metric, question.presentation) };
    case 'rotationFunnel':
      return { type: question.type, found: analytics.rotationFunnel() };
    case 'accountsAtLimit':
      return { type: question.type, found: analytics.accountsAtLimit(question.page) };
  }
}
