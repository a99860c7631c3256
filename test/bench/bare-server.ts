import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type DocumentNode, execute, parse, validate } from 'graphql';
import { schema } from '../../src/graphql/api/schema.js';
import type { ServerQuestion } from './keyledger-server.js';
import { answer } from './support/child.js';
import { usedSoFar } from './support/used.js';

/** The minimum cost of GraphQL over HTTP: graphql-js with a document cache on bare `node:http`. */
const documents = new Map<string, DocumentNode>();

const server = createServer(async (request, response) => {
  const { query, variables } = JSON.parse(await bodyOf(request)) as { query: string; variables?: Record<string, unknown> };
  const result = await execute({ schema, document: validated(query), variableValues: variables });
  const body = JSON.stringify(result);
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }).end(body);
});

answer<Exclude<ServerQuestion, { turns: unknown }>>(async (question) => {
  if ('used' in question) return usedSoFar();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`, tokens: question.start };
});

function validated(query: string): DocumentNode {
  const known = documents.get(query);
  if (known) return known;
  const document = parse(query);
  const [fault] = validate(schema, document);
  if (fault) throw fault;
  documents.set(query, document);
  return document;
}

function bodyOf(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => resolve(body));
    request.on('error', reject);
  });
}
