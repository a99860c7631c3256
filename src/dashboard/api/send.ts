import type { Whole } from '../../client/answer.js';
import { createClient, type SendOptions } from '../../client/client.js';
import type { TypedDocumentString } from '../../client/gql/graphql.js';
import { AnswerLost, Refused, signedOut } from './failures.js';
import { renewedFetch } from './renewed-fetch.js';
import { recordAnswer, recordSilence } from './silence.js';

/** The API of the server that the page comes from. The cookie identifies the user, and the session is renewed when it must be. */
export const client = createClient({ url: '', fetch: renewedFetch });

/**
 * Sends a document to the API.
 * @throws AnswerLost, SignedOut, Refused, and the signal's reason if it was aborted
 */
export async function send<T extends object, V>(
  document: TypedDocumentString<T, V>,
  variables: V,
  options?: SendOptions,
): Promise<Whole<T>> {
  try {
    const answer = await client.send(document, variables, options);
    recordAnswer();
    return answer;
  } catch (error) {
    if (error instanceof AnswerLost) recordSilence();
    else if (error instanceof Refused) recordAnswer();
    throw error instanceof Refused && error.code === 'UNAUTHENTICATED' ? signedOut() : error;
  }
}

/**
 * The value, which the schema makes nullable, and which an answer without errors always has.
 * @throws AnswerLost if it is missing
 */
export function present<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new AnswerLost();
  return value;
}
