import { useSyncExternalStore } from 'react';
import type { Whole } from '../../client/answer.js';
import type { ViewerQuery } from '../../client/gql/graphql.js';

/** The signed-in user. */
export type Viewer = Whole<ViewerQuery>['viewer'];

/** The signed-in user, if known. The token is in a cookie that scripts cannot read. */
export type SessionState = { viewer: Viewer | undefined; ended: boolean };

class Session {
  #state: SessionState = { viewer: undefined, ended: false };
  readonly #listeners = new Set<() => void>();

  readonly state = (): SessionState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Sets the signed-in user. If it is another user than before, the session of this page ends. */
  begin(viewer: Viewer): void {
    const { viewer: known = viewer } = this.#state;
    this.#change({ viewer: known, ended: !isSame(known, viewer) });
  }

  /** Ends the session. The page keeps its content: it may show a secret that was not copied yet. */
  end(): void {
    this.#change({ ...this.#state, ended: true });
  }

  #change(state: SessionState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

/** True for the same person with the same rights, whenever the token expires. */
function isSame(one: Viewer, other: Viewer): boolean {
  const [known, found] = [one, other].map(({ subject, accountId, roles }) => JSON.stringify([subject, accountId, roles]));
  return known === found;
}

export const session = new Session();

export function useSession(): SessionState {
  return useSyncExternalStore(session.subscribe, session.state);
}
