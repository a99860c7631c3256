import { SealReport } from '../../src/commands/seal-report.js';
import { LogSealed } from '../../src/store/event-store.js';

function openReport(isSealed: () => boolean) {
  const lines: unknown[] = [];
  const log = { info: (message: unknown) => lines.push(message), warn: (...line: unknown[]) => lines.push(line) };
  return { report: new SealReport({ store: { isSealed }, log }), lines };
}

const SEALED = [{ code: 'LOG_SEALED' }, new LogSealed().message];

it('says once that the log is sealed, and once that it takes events again', () => {
  let isSealed = false;
  const { report, lines } = openReport(() => isSealed);
  const look = () => {
    report.look();
    report.look();
    return lines.splice(0);
  };
  expect(look()).toEqual([]);
  isSealed = true;
  expect(look()).toEqual([SEALED]);
  isSealed = false;
  expect(look()).toEqual(['the event log takes events again']);
});

it('says nothing new of a log that cannot be read', () => {
  let look = () => true;
  const { report, lines } = openReport(() => look());
  report.look();
  look = () => {
    throw new Error('The file cannot be read.');
  };
  report.look();
  look = () => true;
  report.look();
  expect(lines).toEqual([SEALED]);
});
