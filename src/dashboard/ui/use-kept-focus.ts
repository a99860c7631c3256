import { type RefObject, useEffect, useRef } from 'react';

/**
 * Keeps the focus of the keyboard on the page: if the element that had it was removed or disabled, the heading gets it.
 * @param changes what can remove or disable elements
 * @returns the heading's ref; give it `tabIndex={-1}`
 */
export function useKeptFocus(...changes: unknown[]): RefObject<HTMLHeadingElement | null> {
  const heading = useRef<HTMLHeadingElement>(null);
  const last = useRef<Element>(null);
  useEffect(() => {
    const note = ({ target }: FocusEvent) => {
      if (target instanceof Element) last.current = target;
    };
    document.addEventListener('focusin', note);
    return () => document.removeEventListener('focusin', note);
  }, []);
  useEffect(() => {
    if (document.activeElement === document.body && last.current && isUnable(last.current)) heading.current?.focus();
  }, changes);
  return heading;
}

/** True if the element cannot have the focus any more. */
function isUnable(element: Element): boolean {
  return !element.isConnected || element.matches(':disabled');
}
