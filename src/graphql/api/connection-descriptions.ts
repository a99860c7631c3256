import { PAGE } from './list-lengths.js';

const { minSize, maxSize, defaultSize } = PAGE;

/** Descriptions of the parts that every connection has (GraphQL Cursor Connections Specification). */
export const CONNECTION_DESCRIPTIONS = {
  pageInfoTypeOptions: { description: 'The place of a page among all pages.' },
  hasNextPageFieldOptions: { description: 'Whether there are items after this page.' },
  hasPreviousPageFieldOptions: { description: 'Whether there are items before this page.' },
  startCursorFieldOptions: { description: 'The cursor of the first item of this page. Null if the page is empty.' },
  endCursorFieldOptions: { description: 'The cursor of the last item of this page. Null if the page is empty.' },
  cursorFieldOptions: { description: 'The place of the item, for `after` and `before`. It is valid forever.' },
  nodeFieldOptions: { description: 'The item itself.' },
  edgesFieldOptions: { description: 'The items of this page, each with its cursor.' },
  pageInfoFieldOptions: { description: 'The place of this page among all pages.' },
  firstArgOptions: {
    description: `How many items to give from the start: ${minSize} to ${maxSize}. The default is ${defaultSize}. Do not give it together with \`last\`.`,
  },
  lastArgOptions: {
    description: `How many items to give from the end: ${minSize} to ${maxSize}. Do not give it together with \`first\`.`,
  },
  afterArgOptions: {
    description:
      'Give items after this cursor only. It must be a cursor from an earlier answer; otherwise the error is `BAD_USER_INPUT`.',
  },
  beforeArgOptions: {
    description:
      'Give items before this cursor only. It must be a cursor from an earlier answer; otherwise the error is `BAD_USER_INPUT`.',
  },
};
