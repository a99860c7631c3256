import { newKeyMaterial } from '../../src/domain/keys/secret.js';
import { compete } from './support/contestant.js';
import { type EmmettEvent, openEmmett } from './support/emmett.js';

/** Emmett's command handler over its SQLite store, with our rule: two keys at most. It fills no projection. */
const [file = ''] = process.argv.slice(2);
let accounts = 0;

compete(async () => {
  const emmett = await openEmmett(file);
  return {
    async createAndDelete() {
      accounts += 1;
      const { secret: _, ...key } = newKeyMaterial();
      const stream = `apiKeys-account-${accounts}`;
      await emmett.handle(stream, (active) => create(active, { ...key, name: 'bench', scopes: [] }));
      await emmett.handle(stream, (active) => remove(active, key.keyId));
    },
  };
});

function create(active: ReadonlySet<string>, data: object): EmmettEvent {
  if (active.size >= 2) throw new Error('There are two keys already.');
  return { type: 'KeyCreated', data };
}

function remove(active: ReadonlySet<string>, keyId: string): EmmettEvent {
  if (!active.has(keyId)) throw new Error('There is no such key.');
  return { type: 'KeyDeleted', data: { keyId, reason: 'REQUESTED' } };
}
