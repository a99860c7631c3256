import type { CodegenConfig } from '@graphql-codegen/cli';

/** Types for clients: one typed document for each operation that the dashboard runs, from the published schema alone. */
const config: CodegenConfig = {
  schema: 'schema/schema.graphql',
  documents: 'src/dashboard/**/*.graphql',
  ignoreNoDocuments: false,
  generates: {
    'src/dashboard/gql/': {
      preset: 'client',
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
