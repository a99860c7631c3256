/** What GraphiQL tells of the parts that every connection has (GraphQL Cursor Connections Specification). */
export const CONNECTION_DESCRIPTIONS = {
  pageInfoTypeOptions: { description: 'Where a page stands among all pages.' },
  hasNextPageFieldOptions: { description: 'Whether there is more after it.' },
  hasPreviousPageFieldOptions: { description: 'Whether there is more before it.' },
  startCursorFieldOptions: { description: 'The cursor of its first item; null where it is empty.' },
  endCursorFieldOptions: { description: 'The cursor of its last item; null where it is empty.' },
  cursorFieldOptions: { description: 'Where the item stands: for `after` and `before`, for ever.' },
  nodeFieldOptions: { description: 'The item.' },
  edgesFieldOptions: { description: 'The items, each with its cursor.' },
  pageInfoFieldOptions: { description: 'Where this page stands.' },
  firstArgOptions: {
    description: 'How many of the first items, from 0 to 100; 50 where nothing is said. Not together with `last`.',
  },
  lastArgOptions: { description: 'How many of the last items, from 0 to 100. Not together with `first`.' },
  afterArgOptions: { description: 'Only items after this cursor.' },
  beforeArgOptions: { description: 'Only items before this cursor.' },
};
