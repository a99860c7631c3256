import { createPrivateKey, createPublicKey } from 'node:crypto';
import { exportJWK, generateKeyPair, importJWK, type JWTPayload, SignJWT } from 'jose';
import { z } from 'zod';
import { UnfitFile } from '../shared/file-text.js';
import { readOrCreate } from './key-file.js';
import type { Authority } from './token-authenticator.js';
import type { ClaimMapping, Role } from './viewer.js';

const ISSUER = 'keyledger:local';
const AUDIENCE = 'keyledger';
const ALGORITHM = 'EdDSA';
const REMEDY = 'Make a new one: run `keyledger token` with the KEYLEDGER_DATA of this server.';

interface TokenRequest {
  subject: string;
  account?: string | undefined;
  role: Role;
  /** The lifetime of the token, in seconds. */
  ttl: number;
}

/** Issues tokens if there is no identity provider. */
export interface LocalIssuer {
  /** The authority that its tokens are checked against. */
  authority: Authority;
  issue(request: TokenRequest, claims: ClaimMapping): Promise<string>;
}

/**
 * Opens the local issuer with the Ed25519 key (a JWK) in that file; creates the key if missing.
 * @throws UnfitFile
 */
export async function openLocalIssuer(file: string): Promise<LocalIssuer> {
  const jwk = parseJwk(await readOrCreate(file, newKey), file);
  const { d: _, ...publicJwk } = jwk;
  const [privateKey, publicKey] = await Promise.all([importJWK(jwk, ALGORITHM), importJWK(publicJwk, ALGORITHM)]);
  return {
    authority: {
      keys: async () => publicKey,
      issuer: ISSUER,
      audience: [AUDIENCE],
      algorithms: [ALGORITHM],
      remedy: REMEDY,
    },
    issue: ({ subject, account, role, ttl }, claims) =>
      new SignJWT(claimsOf({ subject, account, role }, claims))
        .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT' })
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setSubject(subject)
        .setIssuedAt()
        .setExpirationTime(`${ttl} seconds from now`)
        .sign(privateKey),
  };
}

/** The claims by which the API recognises the holder. */
function claimsOf({ subject, account, role }: Omit<TokenRequest, 'ttl'>, names: ClaimMapping): JWTPayload {
  return {
    ...(account !== undefined && { [names.account]: account }),
    [names.roles]: [names.roleNames[role]],
    [names.subject]: subject,
  };
}

/** An Ed25519 key with its private part (RFC 8037). */
const PRIVATE_JWK = z
  .looseObject({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string(), d: z.string() })
  .refine((jwk) => jwk.x === publicPartOf(jwk));

function parseJwk(text: string, file: string): z.output<typeof PRIVATE_JWK> {
  const { data } = PRIVATE_JWK.safeParse(jsonIn(text));
  if (data) return data;
  const problem = text.trim() === '' ? 'is empty' : 'does not contain an Ed25519 key with its private part, as a JWK';
  const remedy =
    'Restore it from a backup, or remove it: a new key is then created, but tokens and sessions of the old key end.';
  throw new UnfitFile(file, problem, remedy);
}

/** Undefined if the text is not JSON. */
function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Undefined if the key is invalid. */
function publicPartOf(key: Record<string, unknown>): string | undefined {
  try {
    return createPublicKey(createPrivateKey({ key, format: 'jwk' })).export({ format: 'jwk' }).x;
  } catch {
    return undefined;
  }
}

async function newKey(): Promise<string> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  return `${JSON.stringify(await exportJWK(privateKey))}\n`;
}
