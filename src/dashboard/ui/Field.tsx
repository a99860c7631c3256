import { type ReactNode, useId } from 'react';

export interface FieldProps {
  label: string;
  hint?: string | undefined;
  /** Why the server refused the value. */
  fault?: string | undefined;
  /** Renders the control with the attributes that connect it to its label, hint and fault. */
  children: (field: { id: string; 'aria-describedby': string | undefined; 'aria-invalid': boolean }) => ReactNode;
}

/** A labelled control of a form. */
export function Field({ label, hint, fault, children }: FieldProps) {
  const id = useId();
  const description = fault ?? hint;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({ id, 'aria-describedby': description && `${id}-description`, 'aria-invalid': fault !== undefined })}
      {description && (
        <p id={`${id}-description`} className={fault ? 'fault' : 'hint'}>
          {description}
        </p>
      )}
    </div>
  );
}
