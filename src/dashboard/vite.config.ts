import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

/** Lays compressed copies beside each file once it is written, so that no server compresses the same text for every visitor. */
function compressed(): Plugin {
  return {
    name: 'compressed',
    writeBundle({ dir = '' }, bundle) {
      for (const file of Object.keys(bundle).filter((name) => name.startsWith('assets/'))) {
        const content = readFileSync(join(dir, file));
        writeFileSync(join(dir, `${file}.br`), brotliCompressSync(content));
        writeFileSync(join(dir, `${file}.gz`), gzipSync(content, { level: 9 }));
      }
    },
  };
}

/** `vite build src/dashboard`: the pages that the server hands out, with nothing inline, as their Content-Security-Policy wants it. */
export default defineConfig({
  plugins: [compressed()],
  build: {
    outDir: '../../dist/dashboard',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      input: ['index.html', 'graphiql.html'].map((page) => join(import.meta.dirname, page)),
      checks: { pluginTimings: false, moduleLevelDirective: false },
    },
    chunkSizeWarningLimit: 2000,
  },
});
