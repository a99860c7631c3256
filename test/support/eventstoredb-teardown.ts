/** Jest's global tear-down: ends the server that `eventstoredb-server.ts` has started. */
export default async function stopShared(): Promise<void> {
  await (globalThis as { stopSharedEventStoreDb?: () => Promise<void> }).stopSharedEventStoreDb?.();
}
