import SchemaBuilder from '@pothos/core';
import ErrorsPlugin from '@pothos/plugin-errors';
import RelayPlugin from '@pothos/plugin-relay';
import ScopeAuthPlugin from '@pothos/plugin-scope-auth';
import { isObjectType } from 'graphql';
import { CONNECTION_DESCRIPTIONS } from './connection-descriptions.js';
import type { Context } from './context.js';
import { BadUserInput, Forbidden } from './errors.js';

interface SchemaTypes {
  Context: Context;
  DefaultFieldNullability: false;
  DefaultInputFieldRequiredness: true;
  AuthScopes: {
    /** May change the keys of its own account. */
    owner: boolean;
    /** May see keys: an owner its own account's, an auditor everyone's. */
    keyReader: boolean;
    /** May see everyone's history, and who read it. */
    auditor: boolean;
    /** May ask for analytics. */
    analyst: boolean;
  };
  Scalars: {
    DateTime: { Input: Date; Output: Date };
    ID: { Input: string; Output: string };
    JSON: { Input: never; Output: object };
  };
}

/** The description of every field `id`. */
export const GLOBAL_ID = 'Its id among all objects of this API, for the query `node`.';

/** Holds the schema together, and defines no type. */
export const builder = new SchemaBuilder<SchemaTypes>({
  plugins: [ErrorsPlugin, ScopeAuthPlugin, RelayPlugin],
  defaultFieldNullability: false,
  defaultInputFieldRequiredness: true,
  errors: { directResult: true },
  scopeAuth: {
    authScopes: ({ viewer }) => ({
      owner: viewer.roles.has('owner'),
      keyReader: viewer.roles.has('owner') || viewer.roles.has('auditor'),
      auditor: viewer.roles.has('auditor'),
      analyst: viewer.roles.has('analyst'),
    }),
    unauthorizedError: () => new Forbidden('Your role does not allow this.'),
  },
  relay: {
    encodeGlobalID: (typename, id) => Buffer.from(`${typename}:${id}`).toString('base64url'),
    decodeGlobalID: parseGlobalId,
    idFieldOptions: { description: GLOBAL_ID },
    nodeTypeOptions: { description: 'Anything that has an id of its own in this API.' },
    nodeQueryOptions: {
      description: 'The object with that id; null where there is none, or none that you may see.',
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

builder.queryType({ description: 'What can be asked.' });
builder.mutationType({ description: 'What can be changed. Every change is an event in the ledger.' });
builder.subscriptionType({
  description: 'What can be followed, over server-sent events (GraphQL over SSE, distinct connections).',
});

function parseGlobalId(globalId: string): { typename: string; id: string } {
  const [, typename, id] = /^(\w+):(.+)$/s.exec(Buffer.from(globalId, 'base64url').toString()) ?? [];
  if (typename === undefined || id === undefined) throw noSuchId();
  return { typename, id };
}

function noSuchId(): BadUserInput {
  return new BadUserInput('id must be one that an earlier answer gave', ['id']);
}
