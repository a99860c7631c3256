import { useLayoutEffect, useRef } from 'react';
import { CopyButton } from '../ui/CopyButton.js';
import { copy } from '../ui/copy.js';
import type { ShownSecret } from './shown-secret.js';

export interface SecretTextProps {
  secret: ShownSecret;
  /** What it is called: `secret`. */
  what: string;
  /** The text around it; the secret alone where nothing is said. */
  format?: (secret: string) => string;
  /** It was copied, by the button or by hand. */
  onKept: () => void;
}

/** Shows a secret. React keeps what it renders, and so never gets to see it: the text goes straight into the page, and out of it. */
export function SecretText({ secret, what, format = (text) => text, onKept }: SecretTextProps) {
  const shownIn = useRef<HTMLElement>(null);
  const write = useRef(format);

  useLayoutEffect(() => {
    const element = shownIn.current;
    if (element) element.textContent = write.current(secret.read());
    return () => {
      if (element) element.textContent = '';
    };
  }, [secret]);

  const onCopy = async () => {
    const copied = await copy(write.current(secret.read()), shownIn.current);
    if (copied) onKept();
    return copied;
  };

  return (
    <span className="copyable">
      <code ref={shownIn} data-secret="" onCopy={onKept} />
      <CopyButton what={what} onCopy={onCopy} labelled />
    </span>
  );
}
