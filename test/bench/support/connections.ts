import { connect, type Socket } from 'node:net';

/** Keep-alive connections that POST JSON to one path. They are minimal, since the load must not cost more than the server. */
export class Connections {
  readonly #url: URL;
  readonly #idle: Connection[] = [];

  constructor(url: string) {
    this.#url = new URL(url);
  }

  /**
   * Returns the body of the answer. Uses an idle connection, or opens another.
   * @throws Error if the status is not 200
   */
  async post(body: string, token: string): Promise<string> {
    const connection = this.#idle.pop() ?? (await Connection.open(this.#url));
    const answer = await connection.send(body, token);
    this.#idle.push(connection);
    return answer;
  }

  close(): void {
    for (const connection of this.#idle) connection.close();
  }
}

class Connection {
  readonly #socket: Socket;
  readonly #head: string;
  #received = '';
  #resolve: (answer: string) => void = () => {};
  #reject: (error: Error) => void = () => {};

  static open(url: URL): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = connect(Number(url.port), url.hostname, () => resolve(new Connection(socket, url)));
      socket.once('error', reject);
    });
  }

  constructor(socket: Socket, { pathname, host }: URL) {
    this.#socket = socket;
    this.#head = `POST ${pathname} HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\naccept: application/json\r\n`;
    socket.setNoDelay(true).setEncoding('utf8');
    socket.on('data', (text: string) => this.#take(text));
    socket.on('error', (error) => this.#reject(error));
    socket.on('close', () => this.#reject(new Error('The server closed the connection.')));
  }

  send(body: string, token: string): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      const rest = `authorization: Bearer ${token}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
      this.#socket.write(this.#head + rest);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  /** Waits for the whole answer. All answers of the benchmarks are ASCII. */
  #take(text: string): void {
    this.#received += text;
    const end = this.#received.indexOf('\r\n\r\n');
    const length = /\r\ncontent-length: (\d+)/i.exec(this.#received)?.[1];
    if (end < 0 || length === undefined || this.#received.length < end + 4 + Number(length)) return;
    const [head, body] = [this.#received.slice(0, end), this.#received.slice(end + 4)];
    this.#received = '';
    if (head.startsWith('HTTP/1.1 200 ')) this.#resolve(body);
    else this.#reject(new Error(`${head}\n${body}`));
  }
}
