import Negotiator from 'negotiator';
import { Refusal } from './failure.js';

/** What GraphQL can be answered in; the last is what subscriptions need. */
const ANSWERS = [
  '*/*',
  'application/*',
  'application/json',
  'application/graphql-response+json',
  'text/*',
  'text/event-stream',
];

/**
 * Of the media types that are accepted, those that an answer can have, the preferred first, for a header `Accept`; undefined where
 * all are.
 * @throws Refusal where there is none
 */
export function answerableTypes(accept: string | undefined): string | undefined {
  if (!accept) return undefined;
  const accepted = new Negotiator({ headers: { accept } }).mediaTypes().map((type) => type.toLowerCase());
  const answerable = accepted.filter((type) => ANSWERS.includes(type));
  if (answerable.length === 0) throw new Refusal('NOT_ACCEPTABLE');
  return answerable.join(', ');
}

/** The media type in a header `Content-Type`, without its parameters. Its letters count the same in any case (RFC 9110, 8.3.1). */
export function mediaTypeOf(contentType: string | undefined): string | undefined {
  return contentType?.split(';', 1)[0]?.trim().toLowerCase();
}
