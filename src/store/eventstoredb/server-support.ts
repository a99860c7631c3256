import { withTimeout } from '../../shared/with-timeout.js';
import { CATEGORIES } from '../event-store.js';
import { capabilitiesOf } from './eventstoredb-client.js';
import { parseServerVersion } from './eventstoredb-codec.js';
import { OLDEST_SERVER, UnsupportedServer } from './eventstoredb-errors.js';
import { CategorySubscription, toPresent } from './eventstoredb-subscription.js';
import type { ReplaceableClient } from './replaceable-client.js';

/** Whether this program can work with the server and its log. */
export class ServerSupport {
  readonly #client: ReplaceableClient;
  #checked: Promise<void> | undefined;

  constructor(client: ReplaceableClient) {
    this.#client = client;
  }

  /**
   * Checks the server's version and the log's format, once in the life of the process.
   * @throws UnsupportedServer, OldFormat, StoreUnavailable
   */
  async require(signal?: AbortSignal): Promise<void> {
    this.#checked ??= this.#checkServer()
      .then(() => this.#checkFormat())
      .catch((error: unknown) => {
        this.#checked = undefined;
        throw error;
      });
    await withTimeout(this.#checked, this.#client.callLimit, signal).catch((error: unknown) => {
      throw this.#client.unavailable(error);
    });
  }

  async #checkServer(): Promise<void> {
    const client = this.#client.current;
    const version = await withTimeout(capabilitiesOf(client), this.#client.callLimit).then(
      parseServerVersion,
      (error: unknown) => {
        this.#client.leaveStuck(client, error);
        throw error;
      },
    );
    const [major = 0, minor = 0] = version.split('.').map(Number);
    const supported = major > OLDEST_SERVER.major || (major === OLDEST_SERVER.major && minor >= OLDEST_SERVER.minor);
    if (!supported) throw new UnsupportedServer(version);
  }

  /** Reads the first event of the log, if there is one. */
  async #checkFormat(): Promise<void> {
    const subscription = new CategorySubscription(this.#client.current, CATEGORIES, 0);
    try {
      await toPresent(subscription, this.#client.callLimit).next();
    } finally {
      subscription.close();
    }
  }
}
