import type { LoadedServer } from './loaded-server.js';

const NOTHING = JSON.stringify({ query: 'mutation { nothing }' });
const CREATE = JSON.stringify({
  query: `mutation ($input: CreateKeyInput!) {
    createKey(input: $input) { __typename ... on CreateKeyPayload { key { keyId } secret } ... on Error { message } }
  }`,
  variables: { input: { name: 'bench' } },
});
const DELETE = `mutation ($input: DeleteKeyInput!) {
  deleteKey(input: $input) { __typename ... on DeleteKeyPayload { keyId } ... on Error { message } }
}`;

/**
 * The mutations of the benchmarks, each with the number of its request. `deleteKey` deletes the key that `createKey` has made under that
 * number.
 * @throws Error if the server refuses one
 */
export function mutationsOf(server: LoadedServer) {
  const keyIds: string[] = [];
  return {
    async nothing(index: number) {
      const answer = await server.post(NOTHING, index);
      if (answer !== '{"data":{"nothing":true}}') throw new Error(`Not nothing: ${answer}`);
    },
    async createKey(index: number) {
      const answer = await server.post(CREATE, index);
      const { data } = JSON.parse(answer) as { data?: { createKey: { key?: { keyId: string } } } };
      if (!data?.createKey?.key) throw new Error(`No key was created: ${answer}`);
      keyIds[index] = data.createKey.key.keyId;
    },
    async deleteKey(index: number) {
      const deletion = JSON.stringify({ query: DELETE, variables: { input: { keyId: keyIds[index] } } });
      const answer = await server.post(deletion, index);
      if (!answer.includes('"DeleteKeyPayload"')) throw new Error(`No key was deleted: ${answer}`);
    },
  };
}
