/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** What a new key is to be. */
export type CreateKeyInput = {
  /** From when on it shall not authenticate, in the future. Without it, the key never expires. */
  expiresAt?: string | null | undefined;
  /** What to call it: 1 to 100 characters, no control characters. It is kept forever: no personal data. */
  name: string;
  /** A name of your own for this request, 1 to 100 characters. Given again, however late, it never makes a second key. */
  requestId?: string | null | undefined;
  /** What it may be used for: at most 32 scopes as in RFC 6749, section 3.3. */
  scopes?: Array<string> | null | undefined;
};

/** Which key is to be deleted. */
export type DeleteKeyInput = {
  /** The key, by its `keyId`. */
  keyId: string;
};

/** Whether a key authenticates. */
export type KeyStatus =
  /** It authenticates. */
  | 'ACTIVE'
  /** Its time is over: it does not authenticate, and does not count. It can still be deleted. */
  | 'EXPIRED';

/** Which key is to be replaced, and how. */
export type RotateKeyInput = {
  /** The key that is to be replaced. */
  keyId: string;
  /** For how many seconds the old key still works, at most 30 days. 0 deletes it at once, and needs no free place for a key. */
  overlap?: number | null | undefined;
  /** A name of your own for this request, 1 to 100 characters. Given again, however late, it never makes a second key. */
  requestId?: string | null | undefined;
};

export type KeyFieldsFragment = { id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus };

export type AccountFieldsFragment = { id: string, accountId: string, keyLimit: number, activeKeyCount: number, canCreateKey: boolean, keys: Array<{ id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus }> };

export type AccountQueryVariables = Exact<{
  accountId?: string | null | undefined;
}>;


export type AccountQuery = { account: { id: string, accountId: string, keyLimit: number, activeKeyCount: number, canCreateKey: boolean, keys: Array<{ id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus }> } };

export type CreateKeyMutationVariables = Exact<{
  input: CreateKeyInput;
}>;


export type CreateKeyMutation = { createKey:
    | { __typename: 'CreateKeyPayload', secret: string, key: { id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus }, account: { id: string, accountId: string, keyLimit: number, activeKeyCount: number, canCreateKey: boolean, keys: Array<{ id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus }> } }
    | { __typename: 'KeyAlreadyCreated', message: string, code: string, keyId: string, existing: { id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus } | null }
    | { __typename: 'KeyLimitReached', message: string, code: string, keyLimit: number }
   };

export type RotateKeyMutationVariables = Exact<{
  input: RotateKeyInput;
}>;


export type RotateKeyMutation = { rotateKey:
    | { __typename: 'CreateKeyPayload', secret: string, key: { id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus }, account: { id: string, accountId: string, keyLimit: number, activeKeyCount: number, canCreateKey: boolean, keys: Array<{ id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus }> } }
    | { __typename: 'KeyAlreadyCreated', message: string, code: string, keyId: string, existing: { id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus } | null }
    | { __typename: 'KeyLimitReached', message: string, code: string }
    | { __typename: 'KeyNotFound', message: string, code: string }
   };

export type DeleteKeyMutationVariables = Exact<{
  input: DeleteKeyInput;
}>;


export type DeleteKeyMutation = { deleteKey:
    | { __typename: 'DeleteKeyPayload', keyId: string, deletedAt: string, account: { id: string, accountId: string, keyLimit: number, activeKeyCount: number, canCreateKey: boolean, keys: Array<{ id: string, keyId: string, name: string, hint: string, scopes: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, status: KeyStatus }> } }
    | { __typename: 'KeyNotFound', message: string, code: string }
   };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}
export const KeyFieldsFragmentDoc = new TypedDocumentString(`
    fragment KeyFields on ApiKey {
  id
  keyId
  name
  hint
  scopes
  createdAt
  createdBy
  expiresAt
  status
}
    `, {"fragmentName":"KeyFields"}) as unknown as TypedDocumentString<KeyFieldsFragment, unknown>;
export const AccountFieldsFragmentDoc = new TypedDocumentString(`
    fragment AccountFields on Account {
  id
  accountId
  keyLimit
  activeKeyCount
  canCreateKey
  keys {
    ...KeyFields
  }
}
    fragment KeyFields on ApiKey {
  id
  keyId
  name
  hint
  scopes
  createdAt
  createdBy
  expiresAt
  status
}`, {"fragmentName":"AccountFields"}) as unknown as TypedDocumentString<AccountFieldsFragment, unknown>;
export const AccountDocument = new TypedDocumentString(`
    query Account($accountId: String) {
  account(accountId: $accountId) {
    ...AccountFields
  }
}
    fragment KeyFields on ApiKey {
  id
  keyId
  name
  hint
  scopes
  createdAt
  createdBy
  expiresAt
  status
}
fragment AccountFields on Account {
  id
  accountId
  keyLimit
  activeKeyCount
  canCreateKey
  keys {
    ...KeyFields
  }
}`) as unknown as TypedDocumentString<AccountQuery, AccountQueryVariables>;
export const CreateKeyDocument = new TypedDocumentString(`
    mutation CreateKey($input: CreateKeyInput!) {
  createKey(input: $input) {
    __typename
    ... on CreateKeyPayload {
      key {
        ...KeyFields
      }
      secret
      account {
        ...AccountFields
      }
    }
    ... on Error {
      message
      code
    }
    ... on KeyLimitReached {
      keyLimit
    }
    ... on KeyAlreadyCreated {
      keyId
      existing: key {
        ...KeyFields
      }
    }
  }
}
    fragment KeyFields on ApiKey {
  id
  keyId
  name
  hint
  scopes
  createdAt
  createdBy
  expiresAt
  status
}
fragment AccountFields on Account {
  id
  accountId
  keyLimit
  activeKeyCount
  canCreateKey
  keys {
    ...KeyFields
  }
}`) as unknown as TypedDocumentString<CreateKeyMutation, CreateKeyMutationVariables>;
export const RotateKeyDocument = new TypedDocumentString(`
    mutation RotateKey($input: RotateKeyInput!) {
  rotateKey(input: $input) {
    __typename
    ... on CreateKeyPayload {
      key {
        ...KeyFields
      }
      secret
      account {
        ...AccountFields
      }
    }
    ... on Error {
      message
      code
    }
    ... on KeyAlreadyCreated {
      keyId
      existing: key {
        ...KeyFields
      }
    }
  }
}
    fragment KeyFields on ApiKey {
  id
  keyId
  name
  hint
  scopes
  createdAt
  createdBy
  expiresAt
  status
}
fragment AccountFields on Account {
  id
  accountId
  keyLimit
  activeKeyCount
  canCreateKey
  keys {
    ...KeyFields
  }
}`) as unknown as TypedDocumentString<RotateKeyMutation, RotateKeyMutationVariables>;
export const DeleteKeyDocument = new TypedDocumentString(`
    mutation DeleteKey($input: DeleteKeyInput!) {
  deleteKey(input: $input) {
    __typename
    ... on DeleteKeyPayload {
      keyId
      deletedAt
      account {
        ...AccountFields
      }
    }
    ... on Error {
      message
      code
    }
  }
}
    fragment KeyFields on ApiKey {
  id
  keyId
  name
  hint
  scopes
  createdAt
  createdBy
  expiresAt
  status
}
fragment AccountFields on Account {
  id
  accountId
  keyLimit
  activeKeyCount
  canCreateKey
  keys {
    ...KeyFields
  }
}`) as unknown as TypedDocumentString<DeleteKeyMutation, DeleteKeyMutationVariables>;