import { useEffect, useRef, useState } from 'react';
import { PATH } from '../../shared/paths.js';
import { CopyButton } from '../ui/CopyButton.js';
import { copy } from '../ui/copy.js';
import { LANGUAGES } from './first-steps.js';

/** Where this browser remembers that the steps are no longer needed. */
const NAME = 'keyledger.first-steps';

export interface FirstStepsProps {
  hasKey: boolean;
  /** True if a key of the account was used. */
  isUsed: boolean;
}

/** The way from nothing to a key that works, until a key was used or the user hides it. */
export function FirstSteps({ hasKey, isUsed }: FirstStepsProps) {
  const [isDone, setDone] = useState(() => localStorage.getItem(NAME) !== null);
  const finish = () => {
    localStorage.setItem(NAME, 'done');
    setDone(true);
  };
  useEffect(() => {
    if (isUsed) localStorage.setItem(NAME, 'done');
  }, [isUsed]);
  if (isDone || isUsed) return null;
  return (
    <section className="card first-steps" aria-labelledby="first-steps">
      <header>
        <h2 id="first-steps">Get started</h2>
        <button type="button" className="quiet" onClick={finish}>
          Hide
        </button>
      </header>
      <ol>
        <li>
          <h3>
            <span>Create a key</span> {hasKey && <span className="status active">Done</span>}
          </h3>
          <p>
            Save its id and its secret as <code>KEYLEDGER_KEY_ID</code> and <code>KEYLEDGER_SECRET</code>. The file that you can
            download with the secret holds both.
          </p>
        </li>
        <li>
          <h3>Call with the key</h3>
          <p>Your program sends both with every request. Try it here:</p>
          <Code />
        </li>
        <li>
          <h3>Verify who called</h3>
          <p>
            The answer is 200, and its headers name the account, the key and its scopes. Your service asks the same of every
            request that it gets: see <a href={`${PATH.docs}/how-to/protect-a-service`}>Protect a service</a>.
          </p>
        </li>
      </ol>
    </section>
  );
}

/** The same call in each language. */
function Code() {
  const [chosen, setChosen] = useState(0);
  const shownIn = useRef<HTMLPreElement>(null);
  const text = LANGUAGES[chosen]?.code(location.origin) ?? '';
  return (
    <>
      <div className="buttons">
        {LANGUAGES.map(({ name }, index) => (
          <button key={name} type="button" className="quiet" aria-pressed={index === chosen} onClick={() => setChosen(index)}>
            {name}
          </button>
        ))}
        <CopyButton what="code" onCopy={() => copy(text, shownIn.current)} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so it must be reachable with the keyboard */}
      <pre ref={shownIn} tabIndex={0} translate="no">
        {text}
      </pre>
    </>
  );
}
