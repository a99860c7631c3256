import { type FormEvent, useState } from 'react';
import { Field } from '../ui/Field.js';
import { fromLocal, LAST_LOCAL, toLocal } from '../ui/time.js';
import { type Choice, INTERVALS, OWN_ZONE, SPANS } from './range.js';

/** The browser's list of time zones, with UTC and the user's own, which may be missing from it. */
const ZONES = [...new Set(['UTC', OWN_ZONE.zone, ...Intl.supportedValuesOf('timeZone')])].sort();

export interface RangeFormProps {
  initial: Choice;
  onChoose: (choice: Choice) => void;
}

/** The form for the range, the interval and the time zone of the plots. */
export function RangeForm({ initial, onChoose }: RangeFormProps) {
  const [choice, setChoice] = useState({ ...initial, from: toLocal(initial.from), to: toLocal(initial.to) });
  const change = (part: Partial<Choice>) => setChoice({ ...choice, ...part });
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    const [from, to] = [fromLocal(choice.from, initial.from), fromLocal(choice.to, initial.to)];
    onChoose({ ...choice, from: from ?? '', to: to ?? '' });
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
                step="any"
                required
                max={LAST_LOCAL}
                value={choice[end]}
                onChange={({ target }) => change({ [end]: target.value })}
              />
            )}
          </Field>
        ))}
      <Field label="Interval">
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
      <Field label="Time zone">
        {(field) => (
          <select {...field} value={choice.timeZone} onChange={({ target }) => change({ timeZone: target.value })}>
            {[...new Set([...ZONES, initial.timeZone])].map((zone) => (
              <option key={zone}>{zone}</option>
            ))}
          </select>
        )}
      </Field>
      <button type="submit">Apply</button>
    </form>
  );
}
