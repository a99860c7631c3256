import { AccountUnreadable } from '../../src/domain/keys/refusals.js';
import { createLog } from '../../src/observability/log.js';
import { NotCaughtUp } from '../../src/projections/engine/caught-up.js';
import { OutcomeUnknown, StoreUnavailable } from '../../src/store/event-store.js';

function logged(err: Error): { err: { message: string; stack?: string; code?: string } } {
  const lines: string[] = [];
  createLog('info', { write: (line) => void lines.push(line) }).error({ err }, 'failed');
  return JSON.parse(lines.join(''));
}

const cause = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });

it.each([
  [
    'with what the store says about it',
    new StoreUnavailable({ cause, detail: 'EventStoreDB is down.' }),
    'EventStoreDB is down.',
  ],
  ['with its cause', new StoreUnavailable({ cause }), 'connect ECONNREFUSED (ECONNREFUSED)'],
  ['with its cause', new OutcomeUnknown({ cause }), 'connect ECONNREFUSED (ECONNREFUSED)'],
])('an error of the store is logged %s, and without stacks', (_how, error, text) => {
  const { err } = logged(error);
  expect(err).toEqual({ type: error.constructor.name, code: error.code, message: expect.stringContaining(text) });
});

it('an unknown outcome is not said to have changed nothing, whatever ended the tries', () => {
  const refused = new StoreUnavailable({ cause, detail: 'EventStoreDB is down.' });
  const { message } = logged(new OutcomeUnknown({ cause: refused })).err;
  expect(message).toContain('The reason: EventStoreDB is down. (STORE_UNAVAILABLE)');
  expect(message).not.toContain('Nothing was changed');
});

it('a refusal is logged without its stack, unless something else caused it', () => {
  const refusal = new NotCaughtUp();
  expect(logged(refusal).err).toEqual({ type: 'NotCaughtUp', code: 'NOT_READY', message: refusal.message });
  const caused = logged(new AccountUnreadable({ cause: new Error('a gap') })).err;
  expect(caused).toMatchObject({ code: 'ACCOUNT_UNREADABLE', stack: expect.stringContaining('a gap') });
});

it('any other error is logged with its stack', () => {
  expect(logged(new Error('unforeseen')).err.stack).toContain('log-errors.test');
});
