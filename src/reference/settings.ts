import { z } from 'zod';
import { environment, FROM_FILES } from '../settings/environment.js';
import { fileSetting } from '../settings/names.js';
import { code, firstSentence, list, page, pageHead, table } from './markdown.js';

/** What the schema of a setting says. */
interface Described {
  name: string;
  description: string;
  /** The first sentence of the description. */
  summary: string;
  readBy: string;
  form: string;
  /** The default, as text. */
  standard: string | undefined;
}

const META = z.object({ description: z.string(), readBy: z.string() });
const FORM = z.object({ form: z.string() });

/** Every setting, in the order of the documentation. */
export function describedSettings(): Described[] {
  return Object.entries(environment.shape).map(([name, schema]) => describe(name, schema));
}

/** `docs/reference/settings.md` */
export function settingsPage(): string {
  const settings = describedSettings();
  return page(
    pageHead(
      'Settings',
      'Keyledger reads its settings from environment variables. `keyledger serve --help` lists them. All wrong settings are reported at once, and the exit code is 2.',
      list([
        'White space and carriage returns around a value are ignored. A value that is then empty counts as not set. Control characters within a value are refused.',
        'Words of a fixed list (`NODE_ENV`, `LOG_LEVEL`, `OTEL_…`), units and schemes are accepted in capital and small letters.',
        `${FROM_FILES.map((name) => code(fileSetting(name))).join(', ')} each name a file that holds the value, as containers mount secrets: text in UTF-8, of at most 64 KiB. Set the setting or its file, not both.`,
        'A name that begins with `KEYLEDGER_` and is nearly a setting is refused. Any other unknown `KEYLEDGER_…` name is logged as a warning. `KEYLEDGER_SERVICE_*` and `KEYLEDGER_PORT*`, which Kubernetes sets for a service called `keyledger`, and `KEYLEDGER_TEST_*` are ignored.',
        'The OpenTelemetry SDK reads its other standard variables itself: service name, resource attributes, headers, sampler, batches.',
      ]),
      'A duration is a number and a unit: `ms`, `s`, `m`, `h` or `d`. A number without a unit counts seconds.',
    ),
    table(
      ['Setting', 'Default', 'What it is'],
      settings.map(({ name, standard, summary }) => [
        `[${code(name)}](#${name.toLowerCase()})`,
        standard === undefined ? '' : code(standard),
        summary,
      ]),
    ),
    ...settings.map(section),
  );
}

function section({ name, description, standard, form, readBy }: Described): string {
  const facts = [
    `Default: ${standard === undefined ? 'not set' : code(standard)}`,
    `Form: ${form}`,
    `Read by: ${readBy}`,
    ...(FROM_FILES.includes(name) ? [`From a file: ${code(fileSetting(name))}`] : []),
  ];
  return page(`## ${code(name)}`, description, list(facts)).trimEnd();
}

function describe(name: string, schema: z.ZodPrefault<z.ZodType> | z.ZodOptional<z.ZodType>): Described {
  const standard = schema instanceof z.ZodPrefault ? String(schema.def.defaultValue) : '';
  const { form } = FORM.parse(schema.unwrap().meta());
  const { description, readBy } = META.parse(schema.meta());
  return {
    name,
    description,
    summary: firstSentence(description),
    readBy,
    form,
    standard: standard === '' ? undefined : standard,
  };
}
