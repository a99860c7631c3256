import type { ReactNode } from 'react';

export interface NoticeProps {
  kind: 'info' | 'good' | 'warning' | 'danger';
  children: ReactNode;
}

/** A notice. Screen readers announce it when it appears; a danger interrupts them. */
export function Notice({ kind, children }: NoticeProps) {
  return (
    <div className={`notice ${kind}`} role={kind === 'danger' ? 'alert' : 'status'}>
      {children}
    </div>
  );
}
