import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { cleanUpLater } from './cleanup.js';
import { EventStoreDbServer, freePort, isInstalled } from './eventstoredb-server.js';

(isInstalled() ? it : it.skip)(
  'an EventStoreDB that ends is not waited for, although another program has its port and is silent',
  async () => {
    const port = await freePort();
    const sockets: Socket[] = [];
    const other = createServer((socket) => void sockets.push(socket)).listen(port, '127.0.0.1');
    cleanUpLater(() => {
      other.close();
      for (const socket of sockets) socket.destroy();
    });
    await once(other, 'listening');
    const server = new EventStoreDbServer(port);
    cleanUpLater(() => server.kill());
    await expect(server.start()).rejects.toThrow(/^eventstored ended too early \(\d+\):\n.*address already in use/is);
  },
);
