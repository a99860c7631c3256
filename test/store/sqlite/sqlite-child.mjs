// A process of its own on an event log: `node sqlite-child.mjs STORE FILE STREAM COUNT`, STORE being the compiled `open.js`.
// Appends COUNT events to STREAM, one after the other, at whatever version it has; says the id of each one on a line of its
// own once it is acknowledged, and on a fatal failure `fatal`, then ends with code 3.
import { randomUUID } from 'node:crypto';
import { writeSync } from 'node:fs';

const [, , module, file, stream, count] = process.argv;
const { openStore } = await import(module);
const onFatal = () => {
  setImmediate(() => {
    writeSync(1, 'fatal\n');
    process.exit(3);
  });
};
const store = await openStore({ kind: 'sqlite', file }, { onFatal });
const metadata = { at: '2026-01-01T00:00:00.000Z', actor: 'child', correlationId: String(process.pid) };
writeSync(1, 'ready\n');

let version = 0;
for (let written = 0; written < Number(count); ) {
  const id = randomUUID();
  const data = { keyId: 'key_0000000000000000000000', reason: 'REQUESTED', at: Date.now() };
  try {
    version = await store.append(stream, version, [{ id, type: 'KeyDeleted', schemaVersion: 1, data, metadata }]);
    written += 1;
    writeSync(1, `${id}\n`);
  } catch (error) {
    if (typeof error.actual !== 'number') {
      writeSync(1, `${error.code} ${id}\n`);
      await new Promise((resolve) => setTimeout(resolve, 1000));
      process.exit(4);
    }
    version = error.actual;
  }
}
await store.close();
