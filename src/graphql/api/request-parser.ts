import type { GraphQLParams, Plugin } from 'graphql-yoga';
import { z } from 'zod';
import { queryOf } from '../../shared/query-of.js';
import { RequestRefused } from './errors.js';

const text = z
  .string()
  .nullish()
  .transform((value) => value ?? undefined);
const object = z
  .record(z.string(), z.unknown())
  .nullish()
  .transform((value) => value ?? undefined);

/** No other members: yoga would take some for a complete answer. */
const PARAMETERS = z.strictObject({ query: z.string(), operationName: text, variables: object, extensions: object });

/**
 * Parses a GraphQL request from the URL of a GET, or from a JSON body. Yoga's own parsers accept more forms, and report malformed ones as
 * faults of the server.
 */
export function requestParser(): Plugin {
  return {
    onRequestParse: ({ request, setRequestParser }) => setRequestParser(request.method === 'GET' ? parseAddress : parseBody),
  };
}

/** @throws RequestRefused */
function parseAddress({ url }: Request): GraphQLParams {
  const given = queryOf(url);
  const json = (name: string) => (given.get(name) ? parseJson(given.get(name) ?? '', `The parameter ${name}`) : undefined);
  const [query, operationName] = [given.get('query'), given.get('operationName') || undefined];
  return parse({ query, operationName, variables: json('variables'), extensions: json('extensions') }, 'address');
}

/** @throws RequestRefused */
async function parseBody(request: Request): Promise<GraphQLParams> {
  if (request.headers.get('content-type') !== 'application/json') {
    throw new RequestRefused(
      'UNSUPPORTED_MEDIA_TYPE',
      'The body has another Content-Type than application/json. Send the GraphQL request as JSON.',
    );
  }
  const body = parseJson(await request.text(), 'The body');
  if (Array.isArray(body)) throw new RequestRefused('BAD_REQUEST', 'Batches are not supported. Send each request alone.');
  return parse(body, 'body');
}

function parseJson(json: string, what: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new RequestRefused('BAD_REQUEST', `${what} is not JSON. Correct it. Names and strings need double quotes.`);
  }
}

function parse(given: unknown, where: string): GraphQLParams {
  const { data } = PARAMETERS.safeParse(given);
  if (data) return data;
  throw new RequestRefused(
    'BAD_REQUEST',
    `The ${where} is not a GraphQL request. It needs the string "query". Optional are the objects "variables" and "extensions" and the string "operationName". Remove anything else.`,
  );
}
