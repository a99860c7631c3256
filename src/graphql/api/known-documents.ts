import { type DocumentNode, type GraphQLSchema, getOperationAST, OperationTypeNode } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Sent } from './context.js';

/** How many documents are kept; the frontends of one service have dozens. */
const CAPACITY = 500;

interface KnownDocumentsOptions {
  schema: GraphQLSchema;
  /** What the fields are resolved with. */
  contextOf: (request: Request, sent: Sent) => object;
}

/**
 * Executes a document at once that was posted before and found valid: to ask every plugin about it again takes several
 * times as long as a small query. Whatever else there is to a document (GET, subscriptions, faults) goes the long way.
 */
export function knownDocuments({ schema, contextOf }: KnownDocumentsOptions): Plugin {
  const valid = new Map<string, DocumentNode>();
  let execute: ReturnType<Parameters<NonNullable<Plugin['onYogaInit']>>[0]['yoga']['getEnveloped']>['execute'];
  return {
    onYogaInit({ yoga }) {
      ({ execute } = yoga.getEnveloped());
    },
    onValidate: ({ params, context }) => {
      return (validation) => {
        if (!validation.valid || context.params.query == null) return;
        if (valid.size >= CAPACITY) valid.clear();
        valid.set(context.params.query, params.documentAST);
      };
    },
    onParams({ request, params: { query, variables, operationName }, setParamsHandler }) {
      const document = request.method === 'POST' ? valid.get(query ?? '') : undefined;
      const operation = document && getOperationAST(document, operationName);
      if (!operation || operation.operation === OperationTypeNode.SUBSCRIPTION) return;
      setParamsHandler(() =>
        execute({
          schema,
          document,
          contextValue: contextOf(request, { query, variables }),
          variableValues: variables,
          operationName,
        }),
      );
    },
  };
}
