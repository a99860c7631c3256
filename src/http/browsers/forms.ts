import type { FastifyInstance } from 'fastify';

/** Makes the routes accept forms (WHATWG URL, section 5). The body is then a `URLSearchParams`. */
export function takeForms(server: FastifyInstance): void {
  server.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_, body, done) =>
    done(null, new URLSearchParams(body.toString())),
  );
}

/** The value of a form's field; undefined if there is none, or more than one. */
export function fieldOf(body: unknown, name: string): string | undefined {
  const values = body instanceof URLSearchParams ? body.getAll(name) : [];
  return values.length === 1 ? values[0] : undefined;
}
