import type { GraphQLSchema } from 'graphql';
import { createYoga, isAsyncIterable, type Plugin } from 'graphql-yoga';
import type { Logger } from 'pino';
import type { Viewer } from '../../auth/viewer.js';
import { answeredErrors, type CountedCode } from './answered-errors.js';
import { checkedChanges } from './checked-changes.js';
import type { Context, Services } from './context.js';
import { maskError, RequestRefused } from './errors.js';
import { limits } from './limits.js';
import { requestParser } from './request-parser.js';
import { RequestTime } from './request-time.js';
import { RequiredVersions } from './required-versions.js';
import { schema as publicSchema } from './schema.js';

/** What the HTTP server knows about a request. */
interface RequestContext {
  viewer: Viewer;
  correlationId: string;
  /** When the request arrived, by `performance.now()`. */
  since: number;
  log: Pick<Logger, 'error' | 'warn'>;
}

export interface GraphQLEndpointOptions {
  services: Services;
  /** Hides the schema: no introspection, and no suggestions in error messages. */
  production: boolean;
  log: Pick<Logger, 'error' | 'warn'>;
  schema?: GraphQLSchema;
  /** The number of events that a reading of every key goes through. */
  keyEvents: () => number;
  /** Called with the code of every error in an answer. */
  onError: (code: CountedCode) => void;
}

/** A request in the form of the fetch API. Its address may begin with the path. */
interface FetchRequest {
  address: string;
  init: RequestInit;
}

export type GraphQLEndpoint = (request: FetchRequest, context: RequestContext) => Response | Promise<Response>;

/** The GraphQL API as a function from request to response. The caller has authenticated the viewer. */
export function createGraphQLEndpoint({
  services,
  production,
  log,
  schema = publicSchema,
  keyEvents,
  onError,
}: GraphQLEndpointOptions): GraphQLEndpoint {
  const yoga = createYoga<RequestContext, Omit<Context, 'viewer' | 'correlationId'>>({
    schema,
    context: ({ since, params: { query, variables } }) => {
      const time = new RequestTime(since, services.deadline);
      return { ...services, sent: { query, variables }, time, required: new RequiredVersions() };
    },
    graphiql: false,
    landingPage: false,
    batching: false,
    multipart: false,
    cors: false,
    logging: false,
    // Fastify limits the body before it is read.
    maxRequestBodySize: false,
    maskedErrors: { maskError: (error: unknown) => maskError(error, log) },
    plugins: [
      ...limits({ production, keyEvents }),
      requestParser(),
      requireFeedAccepted(),
      maskedErrors(),
      checkedChanges(),
      answeredErrors(onError),
    ],
  });
  return ({ address, init }, context) => yoga.fetch(address, init, context);
}

/** Refuses a subscription unless the client accepts a stream. Yoga would start it first and fail afterwards. */
function requireFeedAccepted(): Plugin<RequestContext> {
  return {
    onSubscribe({ args, setResultAndStopExecution }) {
      const accept: string = args.contextValue.request.headers.get('accept') ?? '*/*';
      if (/\*\/\*|text\/(?:\*|event-stream)/.test(accept)) return;
      const message = 'A subscription is answered as a stream. Send `Accept: text/event-stream`.';
      setResultAndStopExecution({ errors: [new RequestRefused('NOT_ACCEPTABLE', message)] });
    },
  };
}

/** Masks errors during execution, so that they are logged with the id of the request. */
function maskedErrors(): Plugin<RequestContext> {
  return {
    onExecute: ({ args }) => ({
      onExecuteDone({ result, setResult }) {
        if (isAsyncIterable(result)) return;
        const { errors, ...rest } = result;
        const { log } = args.contextValue;
        if (errors) setResult({ ...rest, errors: errors.map((error) => maskError(error, log)) });
      },
    }),
  };
}
