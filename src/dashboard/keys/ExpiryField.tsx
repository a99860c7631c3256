import { Field } from '../ui/Field.js';
import { DAY, LAST_LOCAL } from '../ui/time.js';

/** A number of days, an empty string for never, or `custom` with a date and time. */
export interface Expiry {
  choice: string;
  custom: string;
}

const CHOICES = [
  ['', 'Never'],
  ['7', 'In 7 days'],
  ['30', 'In 30 days'],
  ['90', 'In 90 days'],
  ['365', 'In a year'],
  ['custom', 'Custom'],
] as const;

/** The expiry for the API; null means never. */
export function expiryOf({ choice, custom }: Expiry, now: number): string | null {
  if (choice === '') return null;
  return new Date(choice === 'custom' ? custom : now + Number(choice) * DAY).toISOString();
}

export interface ExpiryFieldProps {
  value: Expiry;
  onChange: (value: Expiry) => void;
  fault: string | undefined;
}

export function ExpiryField({ value, onChange, fault }: ExpiryFieldProps) {
  const isCustom = value.choice === 'custom';
  return (
    <>
      <Field label="Expires" fault={isCustom ? undefined : fault}>
        {(field) => (
          <select {...field} value={value.choice} onChange={({ target }) => onChange({ ...value, choice: target.value })}>
            {CHOICES.map(([choice, text]) => (
              <option key={choice} value={choice}>
                {text}
              </option>
            ))}
          </select>
        )}
      </Field>
      {isCustom && (
        <Field label="Date and time, in your time zone" fault={fault}>
          {(field) => (
            <input
              {...field}
              type="datetime-local"
              required
              max={LAST_LOCAL}
              value={value.custom}
              onChange={({ target }) => onChange({ ...value, custom: target.value })}
            />
          )}
        </Field>
      )}
    </>
  );
}
