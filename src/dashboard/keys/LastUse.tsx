import { Time } from '../ui/Time.js';

/** When a key was last used, as a sentence. */
export function LastUse({ at }: { at: string | undefined }) {
  if (at === undefined) return <span>There is no record of its use.</span>;
  return (
    <strong>
      It was last used <Time at={at} />.
    </strong>
  );
}
