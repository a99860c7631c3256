import { type FormEvent, useState } from 'react';
import { Field } from '../ui/Field.js';
import { type Choice, INTERVALS, SPANS } from './range.js';

export interface RangeFormProps {
  initial: Choice;
  onChoose: (choice: Choice) => void;
}

/** Of what time the plots are, in which steps, and by whose clocks. */
export function RangeForm({ initial, onChoose }: RangeFormProps) {
  const [choice, setChoice] = useState(initial);
  const change = (part: Partial<Choice>) => setChoice({ ...choice, ...part });
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    onChoose(choice);
  };
  return (
    <form className="range" onSubmit={onSubmit}>
      <Field label="Time">
        {(field) => (
          <select {...field} value={choice.days} onChange={({ target }) => change({ days: target.value })}>
            {SPANS.map(([days, text]) => (
              <option key={days} value={days}>
                {text}
              </option>
            ))}
          </select>
        )}
      </Field>
      {choice.days === '' &&
        (['from', 'to'] as const).map((end) => (
          <Field key={end} label={end === 'from' ? 'From' : 'To'}>
            {(field) => (
              <input
                {...field}
                type="datetime-local"
                required
                value={choice[end]}
                onChange={({ target }) => change({ [end]: target.value })}
              />
            )}
          </Field>
        ))}
      <Field label="Steps">
        {(field) => (
          <select
            {...field}
            value={choice.interval}
            onChange={({ target }) => {
              const [interval] = INTERVALS.find(([value]) => value === target.value) ?? INTERVALS[1] ?? [];
              change({ interval: interval ?? 'DAY' });
            }}
          >
            {INTERVALS.map(([interval, text]) => (
              <option key={interval} value={interval}>
                {text}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field label="Clocks of">
        {(field) => (
          <select {...field} value={choice.timeZone} onChange={({ target }) => change({ timeZone: target.value })}>
            {zones(choice.timeZone).map((zone) => (
              <option key={zone}>{zone}</option>
            ))}
          </select>
        )}
      </Field>
      <button type="submit">Show</button>
    </form>
  );
}

/** Those that the browser knows, UTC, and its own, which it may leave out. */
function zones(own: string): string[] {
  return [...new Set(['UTC', own, ...Intl.supportedValuesOf('timeZone')])].sort();
}
