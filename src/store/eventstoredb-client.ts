import { Duplex } from 'node:stream';
import { EventStoreDBClient } from '@eventstore/db-client';

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
  const createStream: CreateStream = Reflect.get(client, 'GRPCStreamCreator');
  const createTamed: CreateStream = (service, name, open, cache) =>
    createStream(service, name, name === 'appendToStream' ? (grpcClient) => tame(open(grpcClient)) : open, cache);
  Reflect.set(client, 'GRPCStreamCreator', createTamed);
  const handleError: HandleError = Reflect.get(client, 'handleError');
  const handleErrorTamed: HandleError = (grpcClient, error) => handleError(grpcClient, error).catch(() => {});
  Reflect.set(client, 'handleError', handleErrorTamed);
  return client;
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
