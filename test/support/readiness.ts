import { setTimeout as delay } from 'node:timers/promises';
import { CheckpointDocument } from '../../src/client/gql/graphql.js';
import type { Client } from './client.js';
import { ask } from './http.js';

/** The projections of a whole Keyledger, by their names in `/readyz`. */
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

/** The answer of `/readyz`. */
export async function readinessOf({ url }: { url: string }): Promise<{ status: number; body: Readiness }> {
  const { status, body } = await ask(`${url}/readyz`);
  return { status, body: JSON.parse(body) };
}

/**
 * Resolves once each of these projections (by default all) has held all of the log. `/readyz` alone is 200 as soon as the keys projection
 * has.
 */
export async function untilFilled(server: { url: string }, ...names: ProjectionName[]): Promise<void> {
  for (;;) {
    const { projections } = (await readinessOf(server)).body;
    const awaited = names.length > 0 ? names.map((name) => projections[name]) : Object.values(projections);
    if (awaited.every((projection) => projection?.state === 'ok')) return;
    await delay(25);
  }
}

/** Resolves once the server reports that its log is not the right one, with the logged message. */
export async function untilClosed(world: { url: string; log(): string }): Promise<string> {
  for (;;) {
    const { verification } = (await readinessOf(world)).body;
    if (verification.code === 'LOG_MISMATCH') return mismatchIn(world.log());
    await delay(25);
  }
}

/** The message of the last log line about a mismatch. */
function mismatchIn(log: string): string {
  const lines = log.split('\n').filter((line) => line.includes('"code":"LOG_MISMATCH"'));
  return JSON.parse(lines.at(-1) ?? '{}').msg;
}

/** The projections of the keys' events. */
const OF_KEYS: ProjectionName[] = ['keys', 'transparency', 'history', 'activity'];

/**
 * Resolves once every projection of the keys' events has caught up with the log, and has come as far as the keys projection. Answers to
 * mutations do not wait for the others. If the server stops now, a checkpoint covers all events: it signs from the time on at which the
 * tree has caught up.
 */
export async function untilProjected(server: { url: string }): Promise<void> {
  for (;;) {
    const { projections } = (await readinessOf(server)).body;
    const awaited = OF_KEYS.flatMap((name) => projections[name] ?? []);
    const isCaughtUp = awaited.every(({ behind }) => behind !== undefined);
    if (isCaughtUp && new Set(awaited.map(({ position }) => position)).size === 1) return;
    await delay(25);
  }
}

/** Waits until the server has signed its log. Until then, what asks for a checkpoint is told that there is none. */
export async function untilSigned(viewer: Client): Promise<void> {
  while (!(await viewer.send(CheckpointDocument, {})).data?.checkpoint) await delay(25);
}
