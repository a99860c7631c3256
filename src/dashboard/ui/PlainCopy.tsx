import { useRef } from 'react';
import { CopyButton, type CopyButtonProps } from './CopyButton.js';
import { copy } from './copy.js';

export interface PlainCopyProps extends Pick<CopyButtonProps, 'what'> {
  text: string;
}

/** A text that is not secret, with a button that copies it. */
export function PlainCopy({ text, what }: PlainCopyProps) {
  const shownIn = useRef<HTMLElement>(null);
  return (
    <span className="copyable">
      <code ref={shownIn} translate="no">
        {text}
      </code>
      <CopyButton what={what} onCopy={() => copy(text, shownIn.current)} />
    </span>
  );
}
