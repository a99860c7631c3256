import { type FormEvent, useState } from 'react';
import { go } from './address.js';
import { Field } from './Field.js';
import { fromLocal, LAST_LOCAL, toLocal } from './time.js';

/** A field of a filter, and the name of its parameter in the address. */
export interface FilterField {
  name: string;
  label: string;
  /** What no choice means. */
  all: string;
  /** A list to choose from, or an instant. Without it, any text. */
  kind?: 'time' | readonly (readonly [value: string, text: string])[];
}

export interface FilterFormProps {
  label: string;
  fields: readonly FilterField[];
  address: URLSearchParams;
}

/** The form for a filter. The filter is in the address: a reload, Back and a link that is passed on give the same view. */
export function FilterForm({ label, fields, address }: FilterFormProps) {
  const [typed, setTyped] = useState(() => fields.map(({ name, kind }) => shown(address.get(name) ?? '', kind)));
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    go(Object.fromEntries(fields.map((field, index) => [field.name, meant(typed[index] ?? '', field, address)])));
  };
  return (
    <form className="filter" aria-label={label} onSubmit={onSubmit}>
      {fields.map((field, index) => (
        <FilterControl
          key={field.name}
          field={field}
          value={typed[index] ?? ''}
          onChange={(value) => setTyped(typed.with(index, value))}
        />
      ))}
      <div className="buttons">
        <button type="submit">Apply</button>
        <button type="button" className="quiet" onClick={() => go({})}>
          Clear
        </button>
      </div>
    </form>
  );
}

interface FilterControlProps {
  field: FilterField;
  value: string;
  onChange: (value: string) => void;
}

function FilterControl({ field: { label, all, kind }, value, onChange }: FilterControlProps) {
  return (
    <Field label={label}>
      {(field) => {
        const control = { ...field, value, onChange: ({ target }: { target: { value: string } }) => onChange(target.value) };
        if (kind === 'time') return <input {...control} type="datetime-local" step="any" max={LAST_LOCAL} />;
        if (kind === undefined) return <input {...control} placeholder={all} autoCapitalize="none" spellCheck={false} />;
        return (
          <select {...control}>
            <option value="">{all}</option>
            {kind.map(([each, text]) => (
              <option key={each} value={each}>
                {text}
              </option>
            ))}
          </select>
        );
      }}
    </Field>
  );
}

function shown(value: string, kind: FilterField['kind']): string {
  return kind === 'time' ? toLocal(value) : value;
}

function meant(typed: string, { name, kind }: FilterField, address: URLSearchParams): string | undefined {
  return kind === 'time' ? fromLocal(typed, address.get(name) ?? '') : typed.trim();
}
