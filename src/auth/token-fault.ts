import { errors } from 'jose';
import { LAST_INSTANT } from '../shared/instants.js';

/** What the sender of a token has to know to send a better one. */
export interface TokenAdvice {
  /** The accepted algorithms of signatures. */
  algorithms: readonly string[];
  /** How to get a token, as a sentence. */
  remedy: string;
}

/** An error that the token is to blame for, not the identity provider. */
export function isTokenFault(error: unknown): error is errors.JOSEError {
  return (
    error instanceof errors.JOSEError && !['ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID', 'ERR_JOSE_GENERIC'].includes(error.code)
  );
}

/**
 * What is wrong with a token, and what to do, for its sender. A claim is repeated only from a token whose signature is good, and only
 * if it is a time: its holder knows it anyway.
 */
export function explain(fault: errors.JOSEError, { algorithms, remedy }: TokenAdvice): string {
  if (fault instanceof errors.JWTExpired) return `The token expired${instantIn(fault.payload.exp, ' at ')}. ${remedy}`;
  if (fault instanceof errors.JWTClaimValidationFailed) return explainClaim(fault, remedy);
  if (fault instanceof errors.JOSEAlgNotAllowed)
    return `The token was not signed with an accepted algorithm: ${algorithms.join(', ')}. ${remedy}`;
  if (fault instanceof errors.JWKSMultipleMatchingKeys)
    return `The token does not say which of the issuer's keys has signed it: the header kid is missing. ${remedy}`;
  if (UNTRUSTED.includes(fault.code)) return untrusted(remedy);
  return `The token has no valid form: a JWT has three parts with dots between them. Send all of it: Authorization: Bearer TOKEN. ${remedy}`;
}

/** What to do, for a sender who took the secret of a key for a token. */
export function secretSent(remedy: string): string {
  return `This is the secret of an API key, not a token. A key is for services, which check it at /v1/verify. ${remedy}`;
}

/** The keys of the issuer do not verify the signature. */
const UNTRUSTED = ['ERR_JWS_SIGNATURE_VERIFICATION_FAILED', 'ERR_JWKS_NO_MATCHING_KEY'];

function untrusted(remedy: string): string {
  return `The token was not signed by an issuer that this server trusts. ${remedy}`;
}

function explainClaim({ claim, reason, payload }: errors.JWTClaimValidationFailed, remedy: string): string {
  const isMissing = reason === 'missing';
  switch (claim) {
    case 'iss':
      return untrusted(remedy);
    case 'aud':
      return `The token is not for this server: the claim aud ${isMissing ? 'is missing' : 'names others'}. ${remedy}`;
    case 'exp':
    case 'nbf':
    case 'iat':
      if (isMissing) return `The token never expires: the claim ${claim} is missing. ${remedy}`;
      if (reason === 'check_failed')
        return `The token is not valid yet${instantIn(payload.nbf, ': it begins at ')}. Try again then.`;
      return malformedTime(claim);
    default:
      return `The claim ${claim} is not valid. ${remedy}`;
  }
}

/** A claim that is no time, or one that no calendar holds. */
export function malformedTime(claim: string): string {
  return `The claim ${claim} must be a number of seconds since 1970, before the year 10000.`;
}

/** Empty if it is no time. */
function instantIn(seconds: number | undefined, before: string): string {
  if (seconds === undefined || !(seconds >= 0 && seconds * 1000 <= LAST_INSTANT)) return '';
  return `${before}${new Date(Math.floor(seconds) * 1000).toISOString().replace('.000Z', 'Z')}`;
}
