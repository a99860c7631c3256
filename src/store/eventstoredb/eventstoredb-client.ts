import { Duplex } from 'node:stream';
import { EventStoreDBClient } from '@eventstore/db-client';

/**
 * `@eventstore/db-client` was last released in December 2024; `@kurrent/kurrentdb-client` is its successor, for servers that were
 * renamed since. These are the private members of 6.2.1 that we read or replace, all of them; a test holds each.
 */
export const PRIVATE_MEMBERS = {
  /** Opens the gRPC streams; replaced by one that tames those of appends. */
  createStream: 'GRPCStreamCreator',
  /** Reconnects after an error; replaced by one that does not reject. */
  handleError: 'handleError',
  /** What the server can do, and its version; read. */
  capabilities: 'capabilities',
  /** The connection, whose target is the node that it leads to; read. */
  getChannel: 'getChannel',
} as const;

type HandleError = (grpcClient: unknown, error: unknown) => Promise<void>;
type OpenStream = (grpcClient: unknown) => unknown;
type CreateStream = (service: unknown, name: string, open: OpenStream, cache?: unknown) => () => Promise<unknown>;

/**
 * A client that is not connected yet, and that does not end the process when servers fail. As it comes (6.2.1), it does:
 * where an old connection breaks while no leader is found for the next one, the rejection goes unhandled; so it is caught.
 * What it does to appends, `tame` undoes.
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

/** What the server can do; `parseServerVersion` reads its version there. */
export async function capabilitiesOf(client: EventStoreDBClient): Promise<unknown> {
  return Reflect.get(client, PRIVATE_MEMBERS.capabilities);
}

/** The node that the client is connected to, as `host:port`; where it is to none yet, it connects. */
export async function nodeOf(client: EventStoreDBClient): Promise<string> {
  const getChannel: () => Promise<{ getTarget(): string }> = Reflect.get(client, PRIVATE_MEMBERS.getChannel);
  return (await getChannel()).getTarget().replace(/^dns:/, '');
}

/**
 * All appends in flight share a stream, and the client (6.2.1) has two ways to end the process when it breaks: it queues
 * what the stream has no room for, and lets the queue's rejections go unhandled; and it throws within the event when an
 * answer comes to an append that another, broken stream has already rejected. So the stream always has room, which the
 * time limit on each append bounds, and such an answer is dropped.
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
