import { useEffect, useState } from 'react';
import { CheckIcon, CopyIcon } from './icons.js';

/** For how long the button says what came of it, in milliseconds. */
const REPORT = 2500;

const REPORTS = { copied: 'Copied', selected: 'Selected: copy it with Ctrl+C or ⌘C' };

export interface CopyButtonProps {
  /** What is copied: `key id`. */
  what: string;
  /** Whether to say so beside the icon too. */
  labelled?: boolean;
  /** Copies; resolves with false where the user has to do the rest. */
  onCopy: () => Promise<boolean>;
}

/** Copies something, and says for a moment that it did. */
export function CopyButton({ what, labelled = false, onCopy }: CopyButtonProps) {
  const [report, setReport] = useState<keyof typeof REPORTS>();
  useEffect(() => {
    const timer = report && setTimeout(() => setReport(undefined), REPORT);
    return () => clearTimeout(timer);
  }, [report]);
  return (
    <span className="copy">
      <button
        type="button"
        className={labelled ? 'quiet' : 'quiet icon-only'}
        aria-label={`Copy ${what}`}
        title={`Copy ${what}`}
        onClick={async () => setReport((await onCopy()) ? 'copied' : 'selected')}
      >
        {report === 'copied' ? <CheckIcon /> : <CopyIcon />}
        {labelled && 'Copy'}
      </button>
      <span role="status" className={report === 'selected' ? 'report' : 'visually-hidden'}>
        {report && REPORTS[report]}
      </span>
    </span>
  );
}
