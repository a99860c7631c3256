import { useState } from 'react';
import { Field } from '../ui/Field.js';
import { absoluteTime } from '../ui/time.js';
import { inWords, type Past, stepOf, stepsIn, toSeconds } from './past.js';

export interface InstantFieldsProps {
  past: Past;
  /** In milliseconds since 1970. Undefined means now. */
  chosen: number | undefined;
  onChoose: (instant: number | undefined) => void;
}

/** A slider over the past for a look, and a field for a date and time that is known. */
export function InstantFields({ past, chosen, onChoose }: InstantFieldsProps) {
  const { first, now } = past;
  // What is typed stays as it is while it is no date yet.
  const [typed, setTyped] = useState<string>();
  const step = stepOf(past);
  const steps = stepsIn(past, step);
  const instant = chosen ?? now;
  const choose = (value: number) => onChoose(value < now ? Math.max(value, first) : undefined);
  return (
    <>
      <div className="instant">
        <Field label="Time">
          {(field) => (
            <input
              {...field}
              type="range"
              min={0}
              max={steps}
              step={1}
              value={chosen === undefined ? steps : Math.floor((chosen - first) / step)}
              aria-valuetext={inWords(instant, now)}
              onChange={({ target }) => {
                setTyped(undefined);
                choose(first + Number(target.value) * step);
              }}
            />
          )}
        </Field>
        <Field label="Date and time">
          {(field) => (
            <input
              {...field}
              type="datetime-local"
              step={1}
              min={toSeconds(first)}
              max={toSeconds(now)}
              value={typed ?? toSeconds(instant)}
              onChange={({ target }) => {
                setTyped(target.value);
                const value = Date.parse(target.value);
                if (!Number.isNaN(value)) choose(value);
              }}
            />
          )}
        </Field>
      </div>
      <div className="ends">
        <span>{absoluteTime(first)}</span>
        <span>now</span>
      </div>
    </>
  );
}
