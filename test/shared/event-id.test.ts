import { newEventId } from '../../src/shared/event-id.js';

const NOW = Date.parse('2026-11-25T19:00:00.123Z');

it('is a UUID of version 7 that begins with the time in milliseconds (RFC 9562, 5.7)', () => {
  const id = newEventId(NOW);
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(Number.parseInt(id.replace('-', '').slice(0, 12), 16)).toBe(NOW);
  expect(newEventId(1)).toMatch(/^00000000-0001-7/);
});

it('sorts by time, and is another each time', () => {
  const ids = [NOW, NOW, NOW + 1, NOW + 1, NOW + 1_000_000, 2 * NOW].map(newEventId);
  expect(new Set(ids).size).toBe(6);
  const byTime = ids.map((id) => id.slice(0, 13));
  expect(byTime).toEqual([...byTime].sort());
});
