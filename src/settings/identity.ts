import { DATA_FILE } from '../shared/data-files.js';
import { matching, parseAudiences, parseResource, parseUrl } from './parsers.js';
import { KEY, setting } from './setting.js';

/** The characters of OAuth client ids and secrets (RFC 6749, appendix A). */
const VSCHAR = /^[\x20-\x7e]+$/;

/** What the roles are called in tokens. No two may be alike. */
export const ROLE_NAMES = {
  KEYLEDGER_ROLE_OWNER: roleName('owner', 'an owner, who sees and changes the keys of one account'),
  KEYLEDGER_ROLE_OPERATOR: roleName('operator', "an operator, who sees and ends everybody's keys"),
  KEYLEDGER_ROLE_AUDITOR: roleName('auditor', 'an auditor, who sees the whole history'),
  KEYLEDGER_ROLE_ANALYST: roleName('analyst', 'an analyst, who sees analytics, without names'),
};

/** The settings of tokens: who issues them, and what their claims mean. */
export const TOKENS = {
  KEYLEDGER_JWKS_URL: setting('an http or https URL', parseUrl).optional().meta({
    description:
      'The public keys of your identity provider (JSON Web Key Set). Set it together with `KEYLEDGER_ISSUER` and `KEYLEDGER_AUDIENCE`. Without the three, Keyledger issues its own tokens.',
    readBy: '`serve`, `token`, `sign-in-link`',
  }),
  KEYLEDGER_ISSUER: setting('the `iss` of the tokens', matching(/\S/)).optional().meta({
    description:
      'The claim `iss` that a token must have. It belongs to `KEYLEDGER_JWKS_URL`. With `KEYLEDGER_CLIENT_ID` it must be an https URL.',
    readBy: '`serve`, `token`, `sign-in-link`',
  }),
  KEYLEDGER_AUDIENCE: setting('the `aud` of the tokens, or several with commas between them', parseAudiences).optional().meta({
    description:
      'The claim `aud` that a token must have. If there are several, a token must have one of them. It belongs to `KEYLEDGER_JWKS_URL`.',
    readBy: '`serve`, `token`, `sign-in-link`',
  }),
  KEYLEDGER_CLAIM_SUBJECT: setting('a claim, or a path to one with dots', matching(/^\S+$/)).prefault('sub').meta({
    description:
      'The claim that names the person or program. The log keeps its value forever, so e-mail addresses are refused: choose a claim with an identifier that never changes. Dots lead into nested claims.',
    readBy: '`serve`, `token`',
  }),
  KEYLEDGER_CLAIM_ACCOUNT: setting('a claim, or a path to one with dots', matching(/^\S+$/))
    .prefault('account')
    .meta({ description: 'The claim that names the account. Dots lead into nested claims.', readBy: '`serve`, `token`' }),
  KEYLEDGER_CLAIM_ROLES: setting('a claim, or a path to one with dots', matching(/^\S+$/)).prefault('roles').meta({
    description:
      'The claim that holds the roles: a list, or a text with spaces. Dots lead into nested claims, such as `realm_access.roles` for Keycloak.',
    readBy: '`serve`, `token`',
  }),
  ...ROLE_NAMES,
};

/** The settings of sign-in with an identity provider. */
export const SIGN_IN = {
  KEYLEDGER_CLIENT_ID: setting('the id of a client that your identity provider knows', matching(VSCHAR)).optional().meta({
    description:
      'The id of Keyledger as a client of your identity provider. It switches on sign-in with OpenID Connect. It needs the three settings of the provider and `KEYLEDGER_PUBLIC_URL`.',
    readBy: '`serve`',
  }),
  KEYLEDGER_CLIENT_SECRET: setting('the secret of that client', matching(VSCHAR)).optional().meta({
    description: 'The secret of that client (`client_secret_basic`). Without it, Keyledger is a public client.',
    readBy: '`serve`',
  }),
  KEYLEDGER_SIGN_IN_SCOPE: setting(
    'scopes with spaces between them (RFC 6749), `openid` among them',
    matching(/^(?=(?:.* )?openid(?: |$))[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*$/),
  )
    .prefault('openid')
    .meta({
      description:
        'The scopes that sign-in asks the identity provider for. Many providers issue a refresh token only for `offline_access`.',
      readBy: '`serve`',
    }),
  KEYLEDGER_SIGN_IN_AUDIENCE: setting('an audience, without spaces', matching(/^\S+$/)).optional().meta({
    description:
      'The parameter `audience` with which sign-in asks for an access token. Auth0 issues a JWT only with it. Most providers ignore it.',
    readBy: '`serve`',
  }),
  KEYLEDGER_SIGN_IN_RESOURCE: setting('an absolute URI without a fragment (RFC 8707)', parseResource).optional().meta({
    description:
      'The parameter `resource` (RFC 8707) with which sign-in and renewals ask for an access token. It is sent exactly as it is set.',
    readBy: '`serve`',
  }),
  KEYLEDGER_SESSION_KEY: KEY.meta({
    description: `The key that seals refresh tokens in cookies. Set the same key on every machine. Without it, \`${DATA_FILE.sessionKey}\` in the data directory is used on SQLite; on EventStoreDB sessions end with their token.`,
    readBy: '`serve`',
  }),
};

/** The default is not a bare word, since that might be a role of another application. */
function roleName(role: string, meaning: string) {
  return setting('a role as tokens name it, without spaces', matching(/^\S+$/))
    .prefault(`keyledger:${role}`)
    .meta({
      description: `The role in tokens that makes their holder ${meaning}. No two roles may have the same name.`,
      readBy: '`serve`, `token`',
    });
}
