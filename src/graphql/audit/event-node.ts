import { brandWithType } from '@pothos/core';
import type { PastKeyEvent } from '../../domain/keys/model.js';
import { UnreadableStream } from '../../domain/keys/refusals.js';
import type { HistoryEvent } from '../../projections/audit/history-event.js';
import { builder } from '../api/builder.js';
import type { Context } from '../api/context.js';
import { GLOBAL_ID } from '../api/global-id.js';
import { historyOf } from '../api/projections.js';
import { recordRead } from '../api/record-read.js';
import { mayReadHistory } from '../api/visible-account.js';
import { eventIn, KeyEvent, typeNameOf } from './event.js';

/** The GraphQL type of every event. */
export const TYPES = {
  KeyCreated: builder.objectRef<HistoryEvent>('KeyCreated'),
  KeyDeleted: builder.objectRef<HistoryEvent>('KeyDeleted'),
  KeyExpirySet: builder.objectRef<HistoryEvent>('KeyExpirySet'),
  KeyRenamed: builder.objectRef<HistoryEvent>('KeyRenamed'),
  KeyDisabled: builder.objectRef<HistoryEvent>('KeyDisabled'),
  KeyEnabled: builder.objectRef<HistoryEvent>('KeyEnabled'),
  AccountFrozen: builder.objectRef<HistoryEvent>('AccountFrozen'),
  AccountThawed: builder.objectRef<HistoryEvent>('AccountThawed'),
  UnknownKeyEvent: builder.objectRef<HistoryEvent>('UnknownKeyEvent'),
};

/** The options that all types of events share. `loadOne` loads events of any type, and brands each with its own. */
export const EVENT = {
  interfaces: [KeyEvent],
  id: { description: GLOBAL_ID, resolve: ({ id }: HistoryEvent) => id },
  brandLoadedObjects: false,
  loadOne,
};

async function loadOne(id: string, context: Context): Promise<HistoryEvent | null> {
  const event = (await historyOf(context)).find(id);
  if (!event || !mayReadHistory(event.account, context.viewer)) return null;
  recordRead(context, 'node', { account: event.account });
  brandWithType(event, TYPES[typeNameOf(event)]);
  return event;
}

/** Creates a function that returns the data of an event of that type. */
export function contentOf<Wanted extends PastKeyEvent>(isWanted: (event: PastKeyEvent) => event is Wanted) {
  return (event: HistoryEvent): Wanted['data'] => {
    const reading = eventIn(event);
    if (reading instanceof UnreadableStream || !isWanted(reading)) throw new TypeError('The event is of another type.');
    return reading.data;
  };
}
