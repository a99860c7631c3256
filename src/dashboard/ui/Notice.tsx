import type { ReactNode } from 'react';

export interface NoticeProps {
  kind: 'info' | 'good' | 'warning' | 'danger';
  children: ReactNode;
}

/** Something that the user should know, told to screen readers as soon as it appears; at once where it is about a danger. */
export function Notice({ kind, children }: NoticeProps) {
  return (
    <div className={`notice ${kind}`} role={kind === 'danger' ? 'alert' : 'status'}>
      {children}
    </div>
  );
}
