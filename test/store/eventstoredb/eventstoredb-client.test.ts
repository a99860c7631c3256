import { once } from 'node:events';
import { Duplex } from 'node:stream';
import { EventStoreDBClient } from '@eventstore/db-client';
import { capabilitiesOf, connect, nodeOf, PRIVATE_MEMBERS } from '../../../src/store/eventstoredb/eventstoredb-client.js';
import { parseServerVersion } from '../../../src/store/eventstoredb/eventstoredb-codec.js';
import { describeEsdb, sharedServer } from '../../support/eventstoredb.js';
import { freePort } from '../../support/eventstoredb-server.js';

/** An address at which no server answers. */
const nowhere = async () => `esdb://127.0.0.1:${await freePort()}?tls=false&maxDiscoverAttempts=1&discoveryInterval=1`;

describe('the private members of the client that we use', () => {
  it('are there, and are what we take them for', async () => {
    const client = EventStoreDBClient.connectionString(await nowhere());
    for (const name of [PRIVATE_MEMBERS.createStream, PRIVATE_MEMBERS.handleError, PRIVATE_MEMBERS.getChannel]) {
      expect(typeof Reflect.get(client, name)).toBe('function');
    }
    const capabilities = Object.getOwnPropertyDescriptor(EventStoreDBClient.prototype, PRIVATE_MEMBERS.capabilities);
    expect(typeof capabilities?.get).toBe('function');
    await client.dispose();
  });

  it(`${PRIVATE_MEMBERS.handleError} rejects where it cannot reconnect; ours does not`, async () => {
    const original = EventStoreDBClient.connectionString(await nowhere());
    const ours = connect(await nowhere());
    const failure = Object.assign(new Error('gone'), { code: 14, metadata: {} });
    const handle = (client: EventStoreDBClient): Promise<void> => Reflect.get(client, PRIVATE_MEMBERS.handleError)({}, failure);
    await expect(handle(original)).rejects.toThrow();
    await expect(handle(ours)).resolves.toBeUndefined();
    await Promise.all([original.dispose(), ours.dispose()]);
  });
});

describeEsdb('on a server', () => {
  it(`${PRIVATE_MEMBERS.capabilities} tells the version`, async () => {
    const client = connect(sharedServer());
    expect(parseServerVersion(await capabilitiesOf(client))).toMatch(/^\d+\.\d+\.\d+/);
    await client.dispose();
  });

  it(`${PRIVATE_MEMBERS.getChannel} leads to the node`, async () => {
    const client = connect(sharedServer());
    expect(sharedServer()).toContain(`//${await nodeOf(client)}?`);
    await client.dispose();
  });

  it(`${PRIVATE_MEMBERS.createStream} opens appends that always have room, and drop an answer that comes too late`, async () => {
    const client = connect(sharedServer());
    const stream = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done(), highWaterMark: 1, objectMode: true });
    const open = Reflect.get(client, PRIVATE_MEMBERS.createStream);
    const tamed: Duplex = await open.call(client, class {}, 'appendToStream', () => stream)();
    expect(tamed.write({})).toBe(true);
    tamed.on('data', () => {
      throw new Error('an answer to an append that was rejected');
    });
    tamed.push('late');
    tamed.push(null);
    await once(tamed, 'end');
    await client.dispose();
  });
});
