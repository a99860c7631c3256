import { Duplex } from 'node:stream';
import { EventStoreDBClient } from '@eventstore/db-client';

/**
 * The private members of `@eventstore/db-client` 6.2.1 that we read or replace. The list is complete, and a test checks each one. The
 * package was last released in December 2024; its successor `@kurrent/kurrentdb-client` is for servers renamed since.
 */
export const PRIVATE_MEMBERS = {
  /** Opens the gRPC streams. We replace it to tame the streams of appends. */
  createStream: 'GRPCStreamCreator',
  /** Reconnects after an error. We replace it with a function that does not reject. */
  handleError: 'handleError',
  /** The server's capabilities and version. We read it. */
  capabilities: 'capabilities',
  /** The connection. We read its target, the connected node. */
  getChannel: 'getChannel',
} as const;

type HandleError = (grpcClient: unknown, error: unknown) => Promise<void>;
type OpenStream = (grpcClient: unknown) => unknown;
type CreateStream = (service: unknown, name: string, open: OpenStream, cache?: unknown) => () => Promise<unknown>;

/**
 * Creates a client that is not connected yet, and that does not end the process when servers fail. The original client (6.2.1) does: if an
 * old connection breaks while no leader can be found for the next one, a rejection goes unhandled. We catch it. For appends, see `tame`.
 */
export function connect(connectionString: string): EventStoreDBClient {
  const client = EventStoreDBClient.connectionString(connectionString);
  const createStream: CreateStream = Reflect.get(client, PRIVATE_MEMBERS.createStream);
  const createTamed: CreateStream = (service, name, open, cache) =>
    createStream(service, name, name === 'appendToStream' ? (grpcClient) => tame(open(grpcClient)) : open, cache);
  Reflect.set(client, PRIVATE_MEMBERS.createStream, createTamed);
  const handleError: HandleError = Reflect.get(client, PRIVATE_MEMBERS.handleError);
  const handleErrorTamed: HandleError = (grpcClient, error) => handleError(grpcClient, error).catch(() => {});
  Reflect.set(client, PRIVATE_MEMBERS.handleError, handleErrorTamed);
  return client;
}

/** The server's capabilities. `parseServerVersion` reads its version from them. */
export async function capabilitiesOf(client: EventStoreDBClient): Promise<unknown> {
  return Reflect.get(client, PRIVATE_MEMBERS.capabilities);
}

/** The node that the client is connected to, as `host:port`. Connects if necessary. */
export async function nodeOf(client: EventStoreDBClient): Promise<string> {
  const getChannel: () => Promise<{ getTarget(): string }> = Reflect.get(client, PRIVATE_MEMBERS.getChannel);
  return (await getChannel()).getTarget().replace(/^dns:/, '');
}

/**
 * Keeps a broken stream of appends from ending the process. All appends in flight share a stream. The client (6.2.1) has two faults: it
 * queues what the stream has no room for and leaves the queue's rejections unhandled; and it throws in an event handler if an answer
 * arrives for an append that another, broken stream has already rejected. So here the stream always has room (the time limit on each
 * append bounds it), and such answers are dropped.
 */
function tame(stream: unknown): unknown {
  if (!(stream instanceof Duplex)) return stream;
  const write = stream.write.bind(stream);
  const emit = stream.emit.bind(stream);
  stream.write = (chunk: unknown) => {
    write(chunk);
    return true;
  };
  stream.emit = (event: string | symbol, ...values: unknown[]) => {
    try {
      return emit(event, ...values);
    } catch (error) {
      if (event !== 'data') throw error;
      return true;
    }
  };
  return stream;
}
