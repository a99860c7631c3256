import type { FastifyInstance } from 'fastify';
import { Refusal } from './failure.js';

const COMPRESSED = 'The body has a Content-Encoding. Send it without compression.';

/** Refuses compressed bodies (RFC 9110, section 15.5.16): they would be read as if they were not. */
export function onlyPlainBodies(server: FastifyInstance): void {
  server.addHook('preParsing', async ({ headers }) => {
    if ((headers['content-encoding'] ?? 'identity') !== 'identity') throw new Refusal('UNSUPPORTED_MEDIA_TYPE', COMPRESSED);
  });
}
