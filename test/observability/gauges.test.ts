import { Metrics } from '../../src/observability/metrics.js';
import { TablesDamaged } from '../../src/projections/engine/damage.js';
import { parseExposition } from '../support/exposition.js';

const REMOVED = ['keyledger_removed_reads', 'keyledger_removed_reads_before_timestamp_seconds'];

function openMetrics(removals: Parameters<Metrics['watchRemovedReads']>[0]): Metrics {
  const metrics = new Metrics({ version: '1.0.0', commit: 'unknown' });
  metrics.watchRemovedReads(removals);
  return metrics;
}

/** The values of both gauges of removed access records; undefined for one without a sample. */
async function removedIn(metrics: Metrics): Promise<(number | undefined)[]> {
  const families = parseExposition(await metrics.exposition());
  metrics.stop();
  return REMOVED.map((wanted) => families.find(({ name }) => name === wanted)?.samples[0]?.value);
}

it('shows how many access records the retention removed, and since when the others are kept', async () => {
  const removed = openMetrics(async () => ({ before: '2026-11-23', records: 7 }));
  expect(await removedIn(removed)).toEqual([7, Date.parse('2026-11-23') / 1000]);
});

it('shows no time up to which access records were removed if none ever was', async () => {
  expect(await removedIn(openMetrics(async () => ({ before: undefined, records: 0 })))).toEqual([0, undefined]);
});

it('shows all other metrics if the access records cannot be read', async () => {
  const metrics = openMetrics(async () => {
    throw new TablesDamaged();
  });
  metrics.recordVerification(true, undefined);
  expect(await metrics.exposition()).toContain('keyledger_verifications_total{outcome="verified"} 1');
  expect(await removedIn(metrics)).toEqual([undefined, undefined]);
});

it('shows the removed access records again once they can be read again', async () => {
  let isDamaged = false;
  const metrics = openMetrics(async () => {
    if (isDamaged) throw new TablesDamaged();
    return { before: '2026-11-23', records: 7 };
  });
  await metrics.exposition();
  isDamaged = true;
  await metrics.exposition();
  isDamaged = false;
  expect(await removedIn(metrics)).toEqual([7, Date.parse('2026-11-23') / 1000]);
});
