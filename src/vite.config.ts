import { join } from 'node:path';
import { defineConfig } from 'vite';

/** The command, and what its threads run. */
const ENTRIES = [
  'cli/keyledger.ts',
  'app/filling-worker.ts',
  'app/projecting-worker.ts',
  'projections/analytics/answering-worker.ts',
];

/** `vite build src`: the server in a few files, with its dependencies, so that a process need not load 1,300 modules to start. */
export default defineConfig({
  publicDir: false,
  build: {
    ssr: true,
    target: 'node20',
    outDir: '../dist/server',
    // A process that runs may still load parts of its own, older build.
    emptyOutDir: false,
    minify: false,
    reportCompressedSize: false,
    license: { fileName: 'licenses.md' },
    rolldownOptions: {
      input: ENTRIES.map((entry) => join(import.meta.dirname, entry)),
      output: { entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
      checks: { pluginTimings: false },
    },
  },
  ssr: {
    noExternal: true,
    // DuckDB is not installed everywhere, the SQLite driver is a binary, and EventStoreDB's client is loaded by those who use it.
    external: ['@duckdb/node-api', 'better-sqlite3', 'better-sqlite3-node20', '@eventstore/db-client'],
  },
});
