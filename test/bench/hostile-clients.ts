import type { Outcome, Target } from './support/attack.js';
import { answer } from './support/child.js';
import { HOSTILE } from './support/hostile.js';

/** `attack` answers once the hostile clients of that name are in place. `leave` answers with what has happened to them. */
export type HostileQuestion = { attack: string; target: Target } | { leave: true };

let leave: (() => Outcome) | undefined;

answer<HostileQuestion>(async (question): Promise<Outcome | undefined> => {
  if ('leave' in question) return leave?.();
  const attack = HOSTILE[question.attack];
  if (!attack) throw new Error(`There are no hostile clients called ${question.attack}.`);
  leave = await attack(question.target);
  return undefined;
});
