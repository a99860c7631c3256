import { type DocumentNode, type GraphQLSchema, getOperationAST, OperationTypeNode } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Sent } from './context.js';

/** The maximum number of remembered documents. The frontends of one service have dozens. */
const CAPACITY = 500;

interface KnownDocumentsOptions {
  schema: GraphQLSchema;
  /** Creates the context of the resolvers. */
  contextOf: (request: Request, sent: Sent) => object;
}

/**
 * Remembers valid documents that were sent by POST, and executes them without asking every plugin again, which takes several times as long
 * as a small query. GET requests, subscriptions and invalid documents are not remembered.
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
