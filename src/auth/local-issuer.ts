import { exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';
import { readOrCreate } from './key-file.js';
import type { Authority } from './token-authenticator.js';
import type { ClaimNames, Role } from './viewer.js';

const ISSUER = 'keyledger:local';
const AUDIENCE = 'keyledger';
const ALGORITHM = 'EdDSA';

export interface TokenRequest {
  subject: string;
  account?: string | undefined;
  role: Role;
  /** Seconds until the token ends. */
  ttl: number;
}

/** Issues tokens where there is no identity provider. */
export interface LocalIssuer {
  /** What its tokens are checked against. */
  authority: Authority;
  issue(request: TokenRequest, claims: ClaimNames): Promise<string>;
}

/** Opens the local issuer whose Ed25519 key (a JWK) is in that file, and makes the key when it is not there. */
export async function openLocalIssuer(file: string): Promise<LocalIssuer> {
  const jwk: JWK = JSON.parse(await readOrCreate(file, newKey));
  const { d: _, ...publicJwk } = jwk;
  const [privateKey, publicKey] = await Promise.all([importJWK(jwk, ALGORITHM), importJWK(publicJwk, ALGORITHM)]);
  return {
    authority: { keys: async () => publicKey, issuer: ISSUER, audience: AUDIENCE, algorithms: [ALGORITHM] },
    issue: ({ subject, account, role, ttl }, claims) =>
      new SignJWT({ [claims.roles]: [role], ...(account !== undefined && { [claims.account]: account }) })
        .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT' })
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setSubject(subject)
        .setIssuedAt()
        .setExpirationTime(`${ttl} seconds from now`)
        .sign(privateKey),
  };
}

async function newKey(): Promise<string> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  return `${JSON.stringify(await exportJWK(privateKey))}\n`;
}
