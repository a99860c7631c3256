import type { ReactNode } from 'react';

/** Line icons of 24 by 24 units. The button's text gives their meaning. */
function icon(drawing: ReactNode) {
  return () => (
    <svg aria-hidden="true" viewBox="0 0 24 24" className="icon">
      {drawing}
    </svg>
  );
}

export const TrashIcon = icon(<path d="M4 7h16M9.5 7V4.5h5V7M6.5 7l1 13h9l1-13M10.5 11v5.5M13.5 11v5.5" />);
export const RotateIcon = icon(<path d="M19.5 9A8 8 0 0 0 5 8M4.5 4v4.5H9M4.5 15A8 8 0 0 0 19 16M19.5 20v-4.5H15" />);
export const CopyIcon = icon(<path d="M9 9h10.5v10.5H9zM15 9V4.5H4.5V15H9" />);
export const CheckIcon = icon(<path d="m5 12.5 4.5 4.5L19 7.5" />);
export const PlusIcon = icon(<path d="M12 5v14M5 12h14" />);
export const KeyIcon = icon(<path d="M8.5 16a4 4 0 1 1 0-8 4 4 0 0 1 0 8zM12.5 12H21v3.5M17.5 12v3" />);
export const ShieldIcon = icon(<path d="M12 3.5 5 6v6c0 4.2 2.9 7 7 8.5 4.1-1.5 7-4.3 7-8.5V6zM8.8 12l2.3 2.3 4.2-4.4" />);
