import { type FocusEvent, useEffect, useRef } from 'react';

/**
 * Returns the focus of the keyboard to an element that has lost it because it was disabled, as while a request is in flight, when it is
 * enabled again. An element that the user has left does not get it.
 * @returns the handlers of the element that holds what can be disabled
 */
export function useReturnedFocus() {
  const last = useRef<HTMLElement>(null);
  useEffect(() => {
    if (document.activeElement === document.body && last.current?.matches(':enabled')) last.current.focus();
  });
  return {
    onFocus: ({ target }: FocusEvent<HTMLElement>) => {
      last.current = target;
    },
    onBlur: ({ target }: FocusEvent<HTMLElement>) => {
      if (!target.matches(':disabled')) last.current = null;
    },
  };
}
