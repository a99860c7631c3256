import { maxAliasesPlugin } from '@escape.tech/graphql-armor-max-aliases';
import { maxDepthPlugin } from '@escape.tech/graphql-armor-max-depth';
import { maxDirectivesPlugin } from '@escape.tech/graphql-armor-max-directives';
import { useCSRFPrevention } from '@graphql-yoga/plugin-csrf-prevention';
import { type GraphQLError, NoSchemaIntrospectionCustomRule, parse, type ValidationRule } from 'graphql';
import type { Plugin, YogaInitialContext } from 'graphql-yoga';
import { CostLimit } from './cost.js';
import { faults } from './faults.js';
import { unconditionalSubscriptions } from './unconditional-subscriptions.js';

/** The limits of one document. `cost` is in values of its answer. The operations of our own clients leave a quarter of them unused. */
export const LIMITS = { tokens: 400, depth: 12, aliases: 10, directives: 5, cost: 10_000 };

/** Gives a document over a limit the code of an invalid document. */
const onReject = [
  (_context: unknown, error: GraphQLError) => {
    error.extensions.code = 'GRAPHQL_VALIDATION_FAILED';
  },
];

export interface LimitsOptions {
  production: boolean;
  /** The number of events that a reading of every key goes through. */
  keyEvents: () => number;
}

/** Refuses documents over the limits before they are executed, and browsers' requests that another site could have sent (CSRF). */
export function limits({ production, keyEvents }: LimitsOptions): Plugin[] {
  const cost = new CostLimit(LIMITS.cost, keyEvents);
  return [
    useCSRFPrevention({ requestHeaders: ['x-graphql-yoga-csrf', 'apollo-require-preflight'] }),
    tokenLimit(LIMITS.tokens),
    maxDepthPlugin<YogaInitialContext>({ n: LIMITS.depth, flattenFragments: true, onReject }),
    maxAliasesPlugin<YogaInitialContext>({ n: LIMITS.aliases, allowList: [], onReject }),
    maxDirectivesPlugin<YogaInitialContext>({ n: LIMITS.directives, onReject }),
    withRule(cost.rule),
    refusedWhenExecuted(cost),
    unconditionalSubscriptions(),
    faults({ production }),
    ...(production ? [withRule(NoSchemaIntrospectionCustomRule)] : []),
  ];
}

function tokenLimit(maxTokens: number): Plugin {
  return {
    onParse({ setParseFn }) {
      setParseFn((source, options) => parse(source, { ...options, maxTokens }));
    },
  };
}

/** The number of keys grows, and a document is validated once. */
function refusedWhenExecuted(cost: CostLimit): Plugin {
  return {
    onExecute({ args: { schema, document, operationName }, setResultAndStopExecution }) {
      const refusal = cost.refusalOf(schema, document, operationName);
      if (refusal) setResultAndStopExecution({ errors: [refusal] });
    },
  };
}

function withRule(rule: ValidationRule): Plugin {
  return {
    onValidate({ addValidationRule }) {
      addValidationRule(rule);
    },
  };
}
