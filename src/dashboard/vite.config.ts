import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';
import { renderSite } from './docs/site.js';

const ROOT = join(import.meta.dirname, '../..');

/** Writes compressed copies beside each file, so that the server does not compress the same text for every visitor. */
function compressed(): Plugin {
  return {
    name: 'compressed',
    writeBundle({ dir = '' }, bundle) {
      for (const file of Object.keys(bundle).filter((name) => /^(?:assets|docs)\/(?!.*\.png$)/.test(name))) {
        const content = readFileSync(join(dir, file));
        writeFileSync(join(dir, `${file}.br`), brotliCompressSync(content));
        writeFileSync(join(dir, `${file}.gz`), gzipSync(content, { level: 9 }));
      }
    },
  };
}

/** Renders every document with the template `docs.html`, and removes the template from the output. */
function documentation(): Plugin {
  return {
    name: 'documentation',
    enforce: 'post',
    generateBundle(_, bundle) {
      const template = bundle['docs.html'];
      if (template?.type !== 'asset') throw new Error('There is no docs.html.');
      delete bundle['docs.html'];
      for (const [fileName, source] of renderSite(ROOT, String(template.source)))
        this.emitFile({ type: 'asset', fileName, source });
    },
  };
}

/** Removes what an older build has left once the new files are there: a server that runs serves them meanwhile. */
function tidied(): Plugin {
  return {
    name: 'tidied',
    writeBundle({ dir = '' }, bundle) {
      for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true })) {
        const path = join(entry.parentPath, entry.name);
        const built = relative(dir, path).replace(/\.(?:br|gz)$/, '');
        if (entry.isFile() && !(built in bundle)) rmSync(path);
      }
    },
  };
}

/** `vite build src/dashboard`: the pages, without inline scripts and styles, as their Content-Security-Policy requires. */
export default defineConfig({
  plugins: [documentation(), compressed(), tidied()],
  build: {
    outDir: '../../dist/dashboard',
    emptyOutDir: false,
    license: { fileName: 'licenses.md' },
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      input: ['index.html', 'graphiql.html', 'docs.html'].map((page) => join(import.meta.dirname, page)),
      // Documents of the client that no page sends are left out.
      treeshake: { manualPureFunctions: ['TypedDocumentString'] },
      checks: { pluginTimings: false, moduleLevelDirective: false },
    },
    chunkSizeWarningLimit: 2000,
  },
});
