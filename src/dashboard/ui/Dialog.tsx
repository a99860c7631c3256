import { type ReactNode, useEffect, useId, useLayoutEffect, useRef } from 'react';

export interface DialogProps {
  title: string;
  /** Whether it asks about something that cannot be undone. */
  alert?: boolean;
  /** The user wants to leave: with Esc, or by what the browser takes for it. It stays open until it is no longer rendered. */
  onCloseRequest: () => void;
  children: ReactNode;
}

/** The browser's own modal dialog: it keeps the focus inside while it is open, and gives it back afterwards. */
export function Dialog({ title, alert = false, onCloseRequest, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();

  // Closed before it is taken out of the page, for only then does the browser give the focus back.
  useLayoutEffect(() => {
    const opened = dialog.current;
    // Without this, a browser closes a dialog at the second Esc, whatever is said at the first.
    opened?.setAttribute('closedby', 'none');
    opened?.showModal();
    return () => opened?.close();
  }, []);

  // Wherever the focus is: a button that had it may be disabled by now, and then nothing within the dialog has it.
  useEffect(() => {
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
      role={alert ? 'alertdialog' : undefined}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onCloseRequest();
      }}
    >
      <h2 id={titleId}>{title}</h2>
      {children}
    </dialog>
  );
}
