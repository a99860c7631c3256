// A service to protect: it greets the account that its proxy names, and refuses a request without one.
import { createServer } from 'node:http';

const server = createServer((request, response) => {
  const account = request.headers['x-keyledger-account'];
  if (account === undefined) response.writeHead(401).end('No account: ask through the proxy.\n');
  else response.end(`Hello, ${account}. You hold the key ${request.headers['x-keyledger-key-id']}.\n`);
});
server.listen(3000, '127.0.0.1', () => process.stdout.write('The service listens at http://127.0.0.1:3000\n'));
