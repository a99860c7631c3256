import { useCallback, useState } from 'react';
import { AccountsAtLimitDocument } from '../../client/gql/graphql.js';
import { present, send } from '../api/send.js';
import { useLoaded } from '../api/use-loaded.js';
import { areOf, counted } from '../ui/counted.js';
import { absoluteTime } from '../ui/time.js';
import { Card } from './Card.js';

/** The cursor of a page of accounts. Empty: the first page. */
type Place = { after?: string; before?: string };

const SIZE = 10;

/** The accounts at the key limit, by pseudonym. */
export function AccountsAtLimit() {
  const [place, setPlace] = useState<Place>({});
  const load = useCallback(
    async (signal: AbortSignal) => {
      const size = place.before === undefined ? { first: SIZE } : { last: SIZE };
      return present((await send(AccountsAtLimitDocument, { ...size, ...place }, { signal })).analytics.accountsAtLimit);
    },
    [place],
  );
  return (
    <Card
      title="Accounts at the limit"
      name="accounts-at-limit"
      loaded={useLoaded(load)}
      truth={(answer) => answer}
      sheet={({ edges }) => ({
        columns: ['Pseudonym', 'Since', 'Until'],
        rows: edges.map(({ node }) => [node.account, node.since, node.until ?? '']),
      })}
    >
      {({ totalCount, edges, pageInfo }) => (
        <>
          <p className="hint">{`${counted(totalCount, 'account')} ${areOf(totalCount)} at the limit.`}</p>
          <ul className="accounts">
            {edges.map(({ node: { account, since, until } }) => (
              <li key={account}>
                <code translate="no">{account}</code>
                <span className="detail">
                  <span>since {absoluteTime(Date.parse(since))}</span>
                  {until && <span>, until {absoluteTime(Date.parse(until))}</span>}
                </span>
              </li>
            ))}
          </ul>
          <div className="buttons">
            <button
              type="button"
              disabled={!pageInfo.hasPreviousPage}
              onClick={() => setPlace(pageInfo.startCursor ? { before: pageInfo.startCursor } : {})}
            >
              Previous
            </button>
            <button
              type="button"
              disabled={!pageInfo.hasNextPage}
              onClick={() => setPlace(pageInfo.endCursor ? { after: pageInfo.endCursor } : {})}
            >
              Next
            </button>
          </div>
        </>
      )}
    </Card>
  );
}
