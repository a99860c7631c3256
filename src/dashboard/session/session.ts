import { useSyncExternalStore } from 'react';
import type { Whole } from '../api/whole.js';
import type { ViewerQuery } from '../gql/graphql.js';

/** Who uses the page. */
export type Viewer = Whole<ViewerQuery>['viewer'];

/** Who uses the page, as far as is known; the token itself lies in a cookie that no script can read. */
export type SessionState = { viewer: Viewer | undefined; ended: boolean };

class Session {
  #state: SessionState = { viewer: undefined, ended: false };
  readonly #listeners = new Set<() => void>();

  readonly state = (): SessionState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Somebody is signed in. A page stays whose it was: when that is somebody else by now, its session has ended. */
  begin(viewer: Viewer): void {
    const { viewer: known = viewer } = this.#state;
    this.#change({ viewer: known, ended: !isSame(known, viewer) });
  }

  /** The API no longer knows who asks. What is on the page stays: somebody may be looking at a secret. */
  end(): void {
    this.#change({ ...this.#state, ended: true });
  }

  #change(state: SessionState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

function isSame(one: Viewer, other: Viewer): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

export const session = new Session();

export function useSession(): SessionState {
  return useSyncExternalStore(session.subscribe, session.state);
}
