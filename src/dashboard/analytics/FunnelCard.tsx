import type { Whole } from '../../client/answer.js';
import { RotationFunnelDocument, type RotationFunnelQuery } from '../../client/gql/graphql.js';
import { present, send } from '../api/send.js';
import { useLoaded } from '../api/use-loaded.js';
import { Card } from './Card.js';

type Funnel = NonNullable<Whole<RotationFunnelQuery>['analytics']['rotationFunnel']>;

const STEPS: readonly (readonly [keyof Funnel, string])[] = [
  ['created', 'Keys created'],
  ['rotated', 'Rotated'],
  ['withOverlap', 'Rotated with an overlap'],
  ['successorUsed', 'Successor in use'],
  ['completed', 'Old key ended'],
];

/** How many keys were rotated, and how far their rotations have come. */
export function FunnelCard() {
  return (
    <Card
      title="Rotations"
      name="rotations"
      loaded={useLoaded(loadFunnel)}
      truth={(funnel) => funnel}
      sheet={(funnel) => ({ columns: ['Step', 'Keys'], rows: STEPS.map(([name, text]) => [text, Number(funnel[name])]) })}
    >
      {(funnel) => (
        <dl className="funnel">
          {STEPS.map(([name, text]) => (
            <div key={name}>
              <dt>{text}</dt>
              <dd>
                <meter max={Math.max(1, funnel.created)} value={Number(funnel[name])} aria-label={text} />
                {Number(funnel[name]).toLocaleString('en')}
              </dd>
            </div>
          ))}
        </dl>
      )}
    </Card>
  );
}

async function loadFunnel(signal: AbortSignal): Promise<Funnel> {
  return present((await send(RotationFunnelDocument, {}, { signal })).analytics.rotationFunnel);
}
