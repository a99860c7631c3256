import { useEffect, useState } from 'react';
import { CheckIcon, CopyIcon } from './icons.js';

/** How long the button shows the result, in milliseconds. */
const REPORT = 2500;

const REPORTS = { copied: 'Copied', selected: 'Selected: copy it with Ctrl+C or ⌘C' };

export interface CopyButtonProps {
  /** What is copied, such as `key id`. */
  what: string;
  /** Show the label beside the icon, too. */
  labelled?: boolean;
  /** Copies. Resolves to false if the text was only selected, and the user must copy it. */
  onCopy: () => Promise<boolean>;
}

/** Copies something, and shows for a moment that it did. */
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
        {labelled && <span>Copy</span>}
      </button>
      <span role="status" className={report === 'selected' ? 'report' : 'visually-hidden'}>
        {report && REPORTS[report]}
      </span>
    </span>
  );
}
