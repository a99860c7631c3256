import type { ComponentProps } from 'react';

/** A button that does nothing while it is busy. It keeps the focus of the keyboard, which a disabled button would lose. */
export function BusyButton({ busy, onClick, ...rest }: { busy: boolean } & ComponentProps<'button'>) {
  return <button type="button" aria-disabled={busy} onClick={busy ? undefined : onClick} {...rest} />;
}
