declare module 'express' {
  import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';

  type Middleware = (request: IncomingMessage, response: ServerResponse, next: () => void) => unknown;

  export default function express(): RequestListener & { use(middleware: Middleware): void };
}
