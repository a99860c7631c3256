import type { GraphiQLProps } from 'graphiql';
import type { DocumentNode } from 'graphql';
import { createClient } from 'graphql-sse';
import { PATH } from '../../shared/paths.js';
import { renewedFetch } from '../api/renewed-fetch.js';

/** Sends an operation to the API: subscriptions over server-sent events, everything else by POST. */
export const fetcher: GraphiQLProps['fetcher'] = ({ query, variables, operationName }, { headers = {}, documentAST } = {}) => {
  const request = { query, variables, ...(operationName && { operationName }) };
  if (isSubscription(documentAST, operationName))
    return createClient({ url: PATH.graphql, headers, fetchFn: renewedFetch, retryAttempts: 0 }).iterate(request);
  return post(request, headers);
};

async function post(request: object, headers: Record<string, string>) {
  const response = await renewedFetch(PATH.graphql, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(request),
    cache: 'no-store',
  });
  return response.json();
}

function isSubscription(document: DocumentNode | undefined, operationName: string | null | undefined): boolean {
  const operations = document?.definitions.filter((definition) => definition.kind === 'OperationDefinition') ?? [];
  const [chosen] = operationName ? operations.filter(({ name }) => name?.value === operationName) : operations;
  return chosen?.operation === 'subscription';
}
