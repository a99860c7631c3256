import SchemaBuilder from '@pothos/core';
import ErrorsPlugin from '@pothos/plugin-errors';
import RelayPlugin from '@pothos/plugin-relay';
import ScopeAuthPlugin from '@pothos/plugin-scope-auth';
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
  };
  Scalars: {
    DateTime: { Input: Date; Output: Date };
    ID: { Input: string; Output: string };
  };
}

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
    }),
    unauthorizedError: () => new Forbidden('Your role does not allow this.'),
  },
  relay: {
    encodeGlobalID: (typename, id) => Buffer.from(`${typename}:${id}`).toString('base64url'),
    decodeGlobalID: parseGlobalId,
    nodeTypeOptions: { description: 'Anything that has an id of its own in this API.' },
    nodeQueryOptions: {
      description: 'The object with that id; null where there is none, or none that you may see.',
      authScopes: { keyReader: true },
      args: { id: { description: 'The `id` of an object, as an earlier answer gave it.' } },
    },
    nodesQueryOptions: false,
  },
});

builder.queryType({ description: 'What can be asked.' });
builder.mutationType({ description: 'What can be changed. Every change is an event in the ledger.' });

function parseGlobalId(globalId: string): { typename: string; id: string } {
  const [, typename, id] = /^(\w+):(.+)$/s.exec(Buffer.from(globalId, 'base64url').toString()) ?? [];
  if (typename === undefined || id === undefined) throw new BadUserInput('id must be one that an earlier answer gave', ['id']);
  return { typename, id };
}
