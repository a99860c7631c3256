import { Field } from '../ui/Field.js';

/** The maximum length of a name, in code points, as the API counts. An input's own limit counts UTF-16 units. */
const NAME_LENGTH = 100;

export interface NameFieldProps {
  value: string;
  onChange: (value: string) => void;
  fault: string | undefined;
}

/** The name of a key. */
export function NameField({ value, onChange, fault }: NameFieldProps) {
  return (
    <Field
      label="Name"
      hint="What the key is for. The name stays in the history forever, so do not enter personal data."
      fault={fault}
    >
      {(field) => (
        <input
          {...field}
          value={value}
          onChange={({ target }) => {
            target.setCustomValidity(lengthOf(target.value) > NAME_LENGTH ? `At most ${NAME_LENGTH} characters.` : '');
            onChange(target.value);
          }}
          required
          autoComplete="off"
        />
      )}
    </Field>
  );
}

function lengthOf(text: string): number {
  return [...text].length;
}
