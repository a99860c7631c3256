import { type RefObject, useEffect, useRef } from 'react';

/**
 * Keeps the focus of the keyboard on the page: if the element that had it was removed, the heading gets it.
 * @param changes what can remove elements; the first values never move the focus
 * @returns the heading's ref; give it `tabIndex={-1}`
 */
export function useKeptFocus(...changes: unknown[]): RefObject<HTMLHeadingElement | null> {
  const heading = useRef<HTMLHeadingElement>(null);
  const isFirst = useRef(true);
  useEffect(() => {
    if (!isFirst.current && document.activeElement === document.body) heading.current?.focus();
    isFirst.current = false;
  }, changes);
  return heading;
}
