import {
  type GraphQLField,
  type GraphQLOutputType,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { schema } from '../../../src/graphql/api/schema.js';
import { HISTORY } from '../../../src/projections/engine/names.js';
import type { Answer } from '../../support/client.js';
import { stopProjection, withProjections } from '../../support/late-projections.js';
import { fewUnlessLong } from '../../support/long.js';
import { openFilledWorld, type World } from '../../support/world.js';

const PAYLOAD = 'CreateKeyPayload';

type Field = GraphQLField<unknown, unknown>;

function fieldsOf(type: string): Field[] {
  const found = schema.getType(type);
  return isObjectType(found) ? Object.values(found.getFields()) : [];
}

/** True if the field cannot be null, so that an error in it becomes an error of its parent. */
function isNonNull(type: GraphQLOutputType): boolean {
  if (!isNonNullType(type)) return false;
  return isListType(type.ofType) ? isNonNull(type.ofType.ofType) : true;
}

/** A field, and the type of what it gives, which is one of several where the field says no more than an interface. */
interface Step {
  field: Field;
  type: string;
}

function stepsOver(field: Field): Step[] {
  const type = getNamedType(field.type);
  const types = isAbstractType(type) ? schema.getPossibleTypes(type) : [type];
  return types.filter(isObjectType).map(({ name }) => ({ field, type: name }));
}

/** The types below the payload, each with the steps that lead to it. */
function typesBelow(follows: (field: Field) => boolean): Map<string, Step[]> {
  const found = new Map<string, Step[]>([[PAYLOAD, []]]);
  for (const [type, way] of found) {
    for (const step of fieldsOf(type).filter(follows).flatMap(stepsOver)) {
      if (!found.has(step.type)) found.set(step.type, [...way, step]);
    }
  }
  return found;
}

describe('a chain of non-null fields below the payload', () => {
  const types = typesBelow(({ type }) => isNonNull(type));
  const fields = [...types.keys()].flatMap((type) => {
    return fieldsOf(type)
      .filter((field) => isNonNull(field.type))
      .map((field) => [`${type}.${field.name}`, field] as const);
  });

  it.each(fields)('leads to %s, which takes no arguments', (_name, { args }) => expect(args).toEqual([]));

  it('leads to nothing but what the change itself has left in memory', () => {
    // A field that is added here must not be able to fail, or must be nullable.
    expect(fields.map(([name]) => name).sort()).toEqual([
      'Account.accountId',
      'Account.activeKeyCount',
      'Account.canCreateKey',
      'Account.id',
      'Account.keyLimit',
      'Account.keys',
      'Account.version',
      'ApiKey.createdAt',
      'ApiKey.createdBy',
      'ApiKey.hint',
      'ApiKey.id',
      'ApiKey.keyId',
      'ApiKey.name',
      'ApiKey.scopes',
      'ApiKey.status',
      'CreateKeyPayload.account',
      'CreateKeyPayload.key',
      'CreateKeyPayload.secret',
      'CreateKeyPayload.version',
    ]);
  });
});

const ARGUMENTS: Record<string, string> = { at: '"2999-01-01T00:00:00Z"', treeSize: '1', first: '2' };

function ask({ name, args, type }: Field, below = '{ __typename }'): string {
  const given = args.filter((argument) => argument.name in ARGUMENTS).map(({ name }) => `${name}: ${ARGUMENTS[name]}`);
  return `${name}${given.length > 0 ? `(${given.join(', ')})` : ''} ${isCompositeType(getNamedType(type)) ? below : ''}`;
}

/** For each type below the payload, a selection of all its fields. */
const everything = [...typesBelow(() => true)].map(([type, way]): [type: string, selection: string] => {
  const fields = fieldsOf(type).map((field) => ask(field));
  return [type, way.reduceRight((below, { field, type }) => ask(field, `{ ... on ${type} { ${below} } }`), fields.join(' '))];
});

interface Made {
  createKey: { made: string } | null;
}

/** Creates a key in an account that has a deleted one, and asks for that. */
async function create(world: World, selection: string): Promise<Pick<Answer<Made>, 'data' | 'errors'>> {
  const client = await world.client({});
  const { key } = await client.newKey({ name: 'deleted' });
  await client.deleteKey(key.keyId);
  const { data, errors } = await client.send<Made>(
    `mutation { createKey(input: { name: "a" }) { ... on CreateKeyPayload { made: secret ${selection} } } }`,
  );
  return { data, errors };
}

const SPOILT: [state: string, spoil: (dataDirectory: string) => unknown][] = [
  ['that stands still', (directory) => stopProjection(directory, HISTORY)],
  ['that cannot be read at all', dropOthers],
  ['whose events are no JSON', (directory) => spoilEvents(directory, "data = '{'")],
  ['whose events are of a later version', (directory) => spoilEvents(directory, 'schemaVersion = 99')],
  ['whose times are none', (directory) => spoilEvents(directory, `metadata = '{"at":"","actor":"a","correlationId":"c"}'`)],
];

describe.each(fewUnlessLong(2, SPOILT))('beside a history %s', (_state, spoil) => {
  const answers = new Map<string, Awaited<ReturnType<typeof create>>>();

  /** All at once, so that they share the wait for the deadline. It is the ordinary one, which a busy machine keeps. */
  beforeAll(async () => {
    const world = await openFilledWorld();
    const client = await world.client({});
    const { key } = await client.newKey();
    await client.deleteKey(key.keyId);
    spoil(world.config.dataDirectory);
    await Promise.all(everything.map(async ([type, selection]) => void answers.set(type, await create(world, selection))));
  });

  it.each(everything)('a secret is answered together with all of %s', (type) => {
    expect(answers.get(type)).toMatchObject({ data: { createKey: { made: expect.stringMatching(/^kls_/) } } });
  });

  it('and some of these fields could not be answered', () => {
    expect([...answers.values()].filter(({ errors }) => errors)).not.toEqual([]);
  });
});

/** Removes all projections except that of the keys. */
function dropOthers(dataDirectory: string): void {
  withProjections(dataDirectory, 'projections.db', (database) => {
    const tables = database.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all();
    for (const table of tables.filter((name) => !/^(?:positions_|sqlite_)/.test(name))) database.exec(`DROP TABLE ${table}`);
  });
}

/** Spoils past and future events. */
function spoilEvents(dataDirectory: string, change: string): void {
  withProjections(dataDirectory, 'projections.db', (database) => {
    database.exec(`
      UPDATE ${HISTORY} SET ${change};
      CREATE TRIGGER spoil AFTER INSERT ON ${HISTORY} BEGIN UPDATE ${HISTORY} SET ${change} WHERE position = NEW.position; END;`);
  });
}
