import { useEffect } from 'react';

/** How long a toast stays, in milliseconds. What it says stands in the page as well. */
const STAY = 10_000;

export interface Toast {
  id: string;
  text: string;
}

export interface ToastsProps {
  toasts: readonly Toast[];
  onClose: (id: string) => void;
}

/** Says in passing what happened elsewhere, below every dialog. */
export function Toasts({ toasts, onClose }: ToastsProps) {
  return (
    <div role="status" className="toasts" aria-label="What happened elsewhere">
      {toasts.map((toast) => (
        <ToastLine key={toast.id} {...toast} onClose={onClose} />
      ))}
    </div>
  );
}

function ToastLine({ id, text, onClose }: Toast & Pick<ToastsProps, 'onClose'>) {
  useEffect(() => {
    const timer = setTimeout(() => onClose(id), STAY);
    return () => clearTimeout(timer);
  }, [id, onClose]);
  return (
    <p className="toast">
      <span>{text}</span>
      <button type="button" className="quiet" onClick={() => onClose(id)}>
        Dismiss
      </button>
    </p>
  );
}
