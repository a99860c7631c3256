import { setTimeout as delay } from 'node:timers/promises';
import { ask } from './http.js';

/** The projections of a whole Keyledger, as `/readyz` names them. */
export const PROJECTIONS = ['keys', 'transparency', 'history', 'reads', 'usage', 'activity', 'activity_usage'] as const;
export type ProjectionName = (typeof PROJECTIONS)[number];

export interface Readiness {
  status: 'ok' | 'stopping' | 'unavailable';
  verification: { ready: boolean; code?: string };
  mutations: { possible: boolean; code?: string };
  projections: Partial<Record<ProjectionName, ProjectionReadiness>>;
}

interface ProjectionReadiness {
  position: number;
  behind?: number;
  state: 'ok' | 'filling' | 'stale' | 'failing';
  code?: string;
  quarantined?: number;
  leftOut?: number;
}

/** What `/readyz` answers. */
export async function readinessOf({ url }: { url: string }): Promise<{ status: number; body: Readiness }> {
  const { status, body } = await ask(`${url}/readyz`);
  return { status, body: JSON.parse(body) };
}

/** Resolves once each of these projections, or of all that there are, has held all of the log; `/readyz` is 200 when the keys do. */
export async function untilFilled(server: { url: string }, ...names: ProjectionName[]): Promise<void> {
  for (;;) {
    const { projections } = (await readinessOf(server)).body;
    const awaited = names.length > 0 ? names.map((name) => projections[name]) : Object.values(projections);
    if (awaited.every((projection) => projection?.state === 'ok')) return;
    await delay(5);
  }
}
