import Negotiator from 'negotiator';
import { Refusal } from './failure.js';

/** The media types of GraphQL answers. Subscriptions need the last one. */
const ANSWERS = [
  '*/*',
  'application/*',
  'application/json',
  'application/graphql-response+json',
  'text/*',
  'text/event-stream',
];

/**
 * The accepted media types that an answer can have, the preferred first, in the form of an `Accept` header; undefined if all are accepted.
 * @throws Refusal if there is none
 */
export function answerableTypes(accept: string | undefined): string | undefined {
  if (!accept) return undefined;
  const accepted = new Negotiator({ headers: { accept } }).mediaTypes().map((type) => type.toLowerCase());
  const answerable = accepted.filter((type) => ANSWERS.includes(type));
  if (answerable.length === 0) throw new Refusal('NOT_ACCEPTABLE');
  return answerable.join(', ');
}

/** The media type in a `Content-Type` header, without its parameters. Case does not matter (RFC 9110, 8.3.1). */
export function mediaTypeOf(contentType: string | null | undefined): string | undefined {
  return contentType?.split(';', 1)[0]?.trim().toLowerCase();
}
