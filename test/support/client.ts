import { isWhole, type Whole } from '../../src/client/answer.js';
import { createClient } from '../../src/client/client.js';
import type { TypedDocumentString } from '../../src/client/gql/graphql.js';
import {
  AccountDocument,
  type AccountFieldsFragment,
  CreateKeyDocument,
  type CreateKeyInput,
  type CreateKeyMutation,
  DeleteKeyDocument,
  type DeleteKeyMutation,
  DisableKeyDocument,
  type DisableKeyInput,
  type DisableKeyMutation,
  EnableKeyDocument,
  type EnableKeyInput,
  type EnableKeyMutation,
  RenameKeyDocument,
  type RenameKeyInput,
  type RenameKeyMutation,
  RotateKeyDocument,
  type RotateKeyInput,
  type RotateKeyMutation,
} from '../../src/client/gql/graphql.js';

export interface GraphQLFault {
  message: string;
  path?: (string | number)[];
  extensions?: { code?: string; path?: (string | number)[] };
}

export interface Answer<T> {
  status: number;
  headers: Headers;
  text: string;
  data: T | null | undefined;
  errors: GraphQLFault[] | undefined;
}

/** A frontend. It sends the same typed documents as the dashboard. */
export class Client {
  /** How long it waits for an answer, in milliseconds, if a connection may be lost silently. */
  patience: number | undefined;

  constructor(
    readonly url: string,
    readonly token: string,
    readonly account: string,
  ) {}

  /** Sends a document, typed or as text. */
  async send<T = Record<string, unknown>, V = Record<string, unknown>>(
    document: TypedDocumentString<T, V> | string,
    variables?: V,
  ): Promise<Answer<T>> {
    const api = createClient({ url: this.url, token: this.token });
    const limit = this.patience === undefined ? undefined : AbortSignal.timeout(this.patience);
    const response = await api.request(document, variables, { signal: limit, accept: '*/*' });
    const text = await response.text();
    const { data, errors } = JSON.parse(text) as Pick<Answer<T>, 'data' | 'errors'>;
    return { status: response.status, headers: response.headers, text, data, errors };
  }

  async createKey(input: CreateKeyInput = { name: 'a key' }): Promise<Whole<CreateKeyMutation>['createKey']> {
    return dataOf(await this.send(CreateKeyDocument, { input })).createKey;
  }

  async rotateKey(input: RotateKeyInput): Promise<Whole<RotateKeyMutation>['rotateKey']> {
    return dataOf(await this.send(RotateKeyDocument, { input })).rotateKey;
  }

  async deleteKey(keyId: string): Promise<Whole<DeleteKeyMutation>['deleteKey']> {
    return dataOf(await this.send(DeleteKeyDocument, { input: { keyId } })).deleteKey;
  }

  async renameKey(input: RenameKeyInput): Promise<Whole<RenameKeyMutation>['renameKey']> {
    return dataOf(await this.send(RenameKeyDocument, { input })).renameKey;
  }

  async disableKey(input: DisableKeyInput): Promise<Whole<DisableKeyMutation>['disableKey']> {
    return dataOf(await this.send(DisableKeyDocument, { input })).disableKey;
  }

  async enableKey(input: EnableKeyInput): Promise<Whole<EnableKeyMutation>['enableKey']> {
    return dataOf(await this.send(EnableKeyDocument, { input })).enableKey;
  }

  async readAccount(accountId?: string): Promise<AccountFieldsFragment> {
    return dataOf(await this.send(AccountDocument, { accountId })).account;
  }

  /** Creates a key. Fails if it is refused. */
  async newKey(
    input?: CreateKeyInput,
  ): Promise<Extract<Whole<CreateKeyMutation>['createKey'], { __typename: 'CreateKeyPayload' }>> {
    const result = await this.createKey(input);
    if (result.__typename !== 'CreateKeyPayload') throw new Error(`No key: ${JSON.stringify(result)}`);
    return result;
  }
}

function dataOf<T extends object>({ data, errors }: Answer<T>): Whole<T> {
  if (!data || errors || !isWhole(data)) throw new Error(`GraphQL errors: ${JSON.stringify(errors)}`);
  return data;
}
