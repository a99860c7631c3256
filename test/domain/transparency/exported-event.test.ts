import { HistoryFault, type Place } from '../../../src/domain/transparency/exported-event.js';

it.each<[places: string, first: Place, last: Place]>([
  ['line 4', { line: 4 }, { line: 4, position: 30 }],
  ['line 4, position 30', { line: 4, position: 30 }, { line: 4 }],
  ['lines 4 to 6', { line: 4 }, { line: 6, position: 50 }],
  ['lines 4 to 6, positions 30 to 50', { line: 4, position: 30 }, { line: 6, position: 50 }],
  ['lines 4 to 6, positions 30 to the end', { line: 4, position: 30 }, { line: 6 }],
])('a fault says that it is at %s', (places, first, last) => {
  expect(new HistoryFault('why', first, last)).toMatchObject({ message: `${places}: why`, reason: 'why', first, last });
});

it('a fault that is given one place is there', () => {
  expect(new HistoryFault('why', { line: 4 })).toMatchObject({ message: 'line 4: why', last: { line: 4 } });
});
