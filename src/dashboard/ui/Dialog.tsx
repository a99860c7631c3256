import { type ReactNode, useId, useLayoutEffect, useRef } from 'react';
import { SessionNotices } from '../session/SessionNotices.js';
import { useReturnedFocus } from './use-returned-focus.js';

export interface DialogProps {
  title: string;
  /** True if it asks about something that cannot be undone. */
  alert?: boolean;
  /** Called when the user presses Esc or does the equivalent. The dialog stays open until it is no longer rendered. */
  onCloseRequest: () => void;
  children: ReactNode;
}

/** The browser's modal dialog. It keeps the focus inside while it is open, and returns it afterwards. */
export function Dialog({ title, alert = false, onCloseRequest, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  const returned = useReturnedFocus();

  // Close it before it is removed from the page: otherwise the browser does not return the focus.
  useLayoutEffect(() => {
    const opened = dialog.current;
    // Without this attribute, browsers close a dialog at the second Esc, even if the first was prevented.
    opened?.setAttribute('closedby', 'none');
    opened?.showModal();
    return () => opened?.close();
  }, []);

  // Listen on the document: if the button with the focus is disabled, nothing in the dialog has the focus. Listen before anybody sees the
  // dialog as it is now: Esc must not mean what it meant before.
  useLayoutEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      event.preventDefault();
      onCloseRequest();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [onCloseRequest]);

  return (
    <dialog
      ref={dialog}
      {...returned}
      role={alert ? 'alertdialog' : undefined}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onCloseRequest();
      }}
    >
      <h2 id={titleId}>{title}</h2>
      <SessionNotices isInDialog />
      {children}
    </dialog>
  );
}
