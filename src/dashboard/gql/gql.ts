/* eslint-disable */
import * as types from './graphql.js';



/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "fragment KeyFields on ApiKey {\n  id\n  keyId\n  name\n  hint\n  scopes\n  createdAt\n  createdBy\n  expiresAt\n  status\n}\n\nfragment AccountFields on Account {\n  id\n  accountId\n  keyLimit\n  activeKeyCount\n  canCreateKey\n  keys {\n    ...KeyFields\n  }\n}\n\nquery Account($accountId: String) {\n  account(accountId: $accountId) {\n    ...AccountFields\n  }\n}\n\nmutation CreateKey($input: CreateKeyInput!) {\n  createKey(input: $input) {\n    __typename\n    ... on CreateKeyPayload {\n      key {\n        ...KeyFields\n      }\n      secret\n      account {\n        ...AccountFields\n      }\n    }\n    ... on Error {\n      message\n      code\n    }\n    ... on KeyLimitReached {\n      keyLimit\n    }\n    ... on KeyAlreadyCreated {\n      keyId\n      existing: key {\n        ...KeyFields\n      }\n    }\n  }\n}\n\nmutation RotateKey($input: RotateKeyInput!) {\n  rotateKey(input: $input) {\n    __typename\n    ... on CreateKeyPayload {\n      key {\n        ...KeyFields\n      }\n      secret\n      account {\n        ...AccountFields\n      }\n    }\n    ... on Error {\n      message\n      code\n    }\n    ... on KeyAlreadyCreated {\n      keyId\n      existing: key {\n        ...KeyFields\n      }\n    }\n  }\n}\n\nmutation DeleteKey($input: DeleteKeyInput!) {\n  deleteKey(input: $input) {\n    __typename\n    ... on DeleteKeyPayload {\n      keyId\n      deletedAt\n      account {\n        ...AccountFields\n      }\n    }\n    ... on Error {\n      message\n      code\n    }\n  }\n}": typeof types.KeyFieldsFragmentDoc,
};
const documents: Documents = {
    "fragment KeyFields on ApiKey {\n  id\n  keyId\n  name\n  hint\n  scopes\n  createdAt\n  createdBy\n  expiresAt\n  status\n}\n\nfragment AccountFields on Account {\n  id\n  accountId\n  keyLimit\n  activeKeyCount\n  canCreateKey\n  keys {\n    ...KeyFields\n  }\n}\n\nquery Account($accountId: String) {\n  account(accountId: $accountId) {\n    ...AccountFields\n  }\n}\n\nmutation CreateKey($input: CreateKeyInput!) {\n  createKey(input: $input) {\n    __typename\n    ... on CreateKeyPayload {\n      key {\n        ...KeyFields\n      }\n      secret\n      account {\n        ...AccountFields\n      }\n    }\n    ... on Error {\n      message\n      code\n    }\n    ... on KeyLimitReached {\n      keyLimit\n    }\n    ... on KeyAlreadyCreated {\n      keyId\n      existing: key {\n        ...KeyFields\n      }\n    }\n  }\n}\n\nmutation RotateKey($input: RotateKeyInput!) {\n  rotateKey(input: $input) {\n    __typename\n    ... on CreateKeyPayload {\n      key {\n        ...KeyFields\n      }\n      secret\n      account {\n        ...AccountFields\n      }\n    }\n    ... on Error {\n      message\n      code\n    }\n    ... on KeyAlreadyCreated {\n      keyId\n      existing: key {\n        ...KeyFields\n      }\n    }\n  }\n}\n\nmutation DeleteKey($input: DeleteKeyInput!) {\n  deleteKey(input: $input) {\n    __typename\n    ... on DeleteKeyPayload {\n      keyId\n      deletedAt\n      account {\n        ...AccountFields\n      }\n    }\n    ... on Error {\n      message\n      code\n    }\n  }\n}": types.KeyFieldsFragmentDoc,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "fragment KeyFields on ApiKey {\n  id\n  keyId\n  name\n  hint\n  scopes\n  createdAt\n  createdBy\n  expiresAt\n  status\n}\n\nfragment AccountFields on Account {\n  id\n  accountId\n  keyLimit\n  activeKeyCount\n  canCreateKey\n  keys {\n    ...KeyFields\n  }\n}\n\nquery Account($accountId: String) {\n  account(accountId: $accountId) {\n    ...AccountFields\n  }\n}\n\nmutation CreateKey($input: CreateKeyInput!) {\n  createKey(input: $input) {\n    __typename\n    ... on CreateKeyPayload {\n      key {\n        ...KeyFields\n      }\n      secret\n      account {\n        ...AccountFields\n      }\n    }\n    ... on Error {\n      message\n      code\n    }\n    ... on KeyLimitReached {\n      keyLimit\n    }\n    ... on KeyAlreadyCreated {\n      keyId\n      existing: key {\n        ...KeyFields\n      }\n    }\n  }\n}\n\nmutation RotateKey($input: RotateKeyInput!) {\n  rotateKey(input: $input) {\n    __typename\n    ... on CreateKeyPayload {\n      key {\n        ...KeyFields\n      }\n      secret\n      account {\n        ...AccountFields\n      }\n    }\n    ... on Error {\n      message\n      code\n    }\n    ... on KeyAlreadyCreated {\n      keyId\n      existing: key {\n        ...KeyFields\n      }\n    }\n  }\n}\n\nmutation DeleteKey($input: DeleteKeyInput!) {\n  deleteKey(input: $input) {\n    __typename\n    ... on DeleteKeyPayload {\n      keyId\n      deletedAt\n      account {\n        ...AccountFields\n      }\n    }\n    ... on Error {\n      message\n      code\n    }\n  }\n}"): typeof import('./graphql.js').KeyFieldsFragmentDoc;


export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}
