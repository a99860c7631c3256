import { OUTCOME_NAMES, outcomeOf } from '../../src/observability/observer.js';

it('names each outcome once, although several refusals have the same', () => {
  expect(outcomeOf({ code: 'KEY_NOT_FOUND' })).toBe(outcomeOf({ code: 'ACCOUNT_NOT_FOUND' }));
  expect(OUTCOME_NAMES).toEqual([...new Set(OUTCOME_NAMES)]);
});
