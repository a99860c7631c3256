import { useLayoutEffect, useRef } from 'react';
import { CopyButton } from '../ui/CopyButton.js';
import { copy } from '../ui/copy.js';
import type { ShownSecret } from './shown-secret.js';

export interface SecretTextProps {
  secret: ShownSecret;
  /** A name for the label, such as `secret`. */
  what: string;
  /** Adds text around the secret. By default the secret is shown alone. */
  format?: (secret: string) => string;
  /** Called when the secret was copied, by the button or by hand. */
  onKept: () => void;
}

/** Shows a secret. The text is written directly to the DOM and removed from it, since React keeps what it renders. */
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
      <code ref={shownIn} data-secret="" translate="no" onCopy={onKept} />
      <CopyButton what={what} onCopy={onCopy} labelled />
    </span>
  );
}
