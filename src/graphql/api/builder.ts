import SchemaBuilder from '@pothos/core';
import ErrorsPlugin from '@pothos/plugin-errors';
import RelayPlugin from '@pothos/plugin-relay';
import ScopeAuthPlugin from '@pothos/plugin-scope-auth';
import { isObjectType } from 'graphql';
import { CONNECTION_DESCRIPTIONS } from './connection-descriptions.js';
import type { Context } from './context.js';
import { RoleMissing } from './errors.js';
import { fromGlobalId, GLOBAL_ID, noSuchId, toGlobalId } from './global-id.js';
import { rolesFor, type Scopes, scopesOf } from './scopes.js';

interface SchemaTypes {
  Context: Context;
  DefaultFieldNullability: false;
  DefaultInputFieldRequiredness: true;
  AuthScopes: Scopes;
  Scalars: {
    DateTime: { Input: Date; Output: Date };
    ID: { Input: string; Output: string };
    JSON: { Input: never; Output: object };
  };
}

/** The schema builder. The types are defined in the other files. */
export const builder = new SchemaBuilder<SchemaTypes>({
  plugins: [ErrorsPlugin, ScopeAuthPlugin, RelayPlugin],
  defaultFieldNullability: false,
  defaultInputFieldRequiredness: true,
  errors: { directResult: true },
  scopeAuth: {
    authScopes: ({ viewer }) => scopesOf(viewer),
    unauthorizedError: (_parent, _context, _info, { failure }) => new RoleMissing(rolesFor(failure)),
  },
  relay: {
    encodeGlobalID: toGlobalId,
    decodeGlobalID: fromGlobalId,
    idFieldOptions: { description: GLOBAL_ID },
    nodeTypeOptions: { description: 'An object that the query `node` finds by its `id`.' },
    nodeQueryOptions: {
      description:
        'Finds an account, a key, a deleted key or an event by its `id`. Null if there is no such object, or if you may not see it. Error: `BAD_USER_INPUT` for an id that did not come from an answer.',
      authScopes: { keyReader: true },
      args: { id: { description: 'The `id` of an object, as an earlier answer gave it.' } },
      resolve: (_root, { id }, _context, { schema }, load) => {
        const type = schema.getType(id.typename);
        if (!isObjectType(type) || !type.getInterfaces().some(({ name }) => name === 'Node')) throw noSuchId();
        return load(id);
      },
    },
    nodesQueryOptions: false,
    ...CONNECTION_DESCRIPTIONS,
  },
});

builder.queryType({
  description: 'What you can read. A field that fails is null, and `errors` says why. The other fields are answered.',
});
builder.mutationType({
  description:
    'What you can change. Every change is an event in the log, and is stored durably before it is answered. The fields of a document are executed one after another. Errors of every mutation: `RATE_LIMITED`, `STORE_UNAVAILABLE`, `CLOCK_SKEW` and `LOG_SEALED` say that nothing was changed. After `OUTCOME_UNKNOWN` look at the keys before you try again.',
});
builder.subscriptionType({
  description:
    'What you can follow, over server-sent events (GraphQL over SSE, distinct connections mode). Send `Accept: text/event-stream`; without it the error is `NOT_ACCEPTABLE`.',
});
