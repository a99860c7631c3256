import type { CodegenConfig } from '@graphql-codegen/cli';
import { preset as client } from '@graphql-codegen/client-preset';

/** The client preset without its tag function: the documents are in `.graphql` files. */
const documentsOnly: typeof client = {
  ...client,
  buildGeneratesSection: async (options) => {
    const files = await client.buildGeneratesSection(options);
    return files.filter(({ filename }) => filename.endsWith('graphql.ts'));
  },
};

/** Types for clients: typed documents for the whole API, from the published schema alone. The dashboard and the tests use them, too. */
const config: CodegenConfig = {
  schema: 'schema/schema.graphql',
  documents: 'src/client/documents/*.graphql',
  ignoreNoDocuments: false,
  generates: {
    'src/client/gql/': {
      preset: documentsOnly,
      presetConfig: { fragmentMasking: false },
      config: {
        documentMode: 'string',
        useTypeImports: true,
        enumsAsTypes: true,
        emitLegacyCommonJSImports: false,
        importExtension: '.js',
        scalars: { DateTime: 'string' },
      },
    },
  },
};

export default config;
