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

/** Resolves once the server says that its log is not the one that it should be, with what it has logged of that. */
export async function untilClosed(world: { url: string; log(): string }): Promise<string> {
  for (;;) {
    const { verification } = (await readinessOf(world)).body;
    if (verification.code === 'LOG_MISMATCH') return mismatchIn(world.log());
    await delay(5);
  }
}

/** What the last line says that tells of a mismatch. */
function mismatchIn(log: string): string {
  const lines = log.split('\n').filter((line) => line.includes('"code":"LOG_MISMATCH"'));
  return JSON.parse(lines.at(-1) ?? '{}').msg;
}

/** The projections of the keys' events. */
const OF_KEYS: ProjectionName[] = ['keys', 'transparency', 'history', 'activity'];

/** Resolves once every projection of the keys' events has come as far as the keys, which no answer to a mutation waits for longer. */
export async function untilProjected(server: { url: string }): Promise<void> {
  for (;;) {
    const { projections } = (await readinessOf(server)).body;
    const positions = OF_KEYS.flatMap((name) => projections[name]?.position ?? []);
    if (new Set(positions).size === 1) return;
    await delay(5);
  }
}
