import {
  type GraphQLInputType,
  isEnumType,
  isInputObjectType,
  isInputType,
  isListType,
  isNonNullType,
  OperationTypeNode,
  parse,
  typeFromAST,
} from 'graphql';
import * as generated from '../../src/client/gql/graphql.js';
import { schema } from '../../src/graphql/api/schema.js';
import type { Asked } from './random-documents.js';

/** Arguments that are good, by name. An argument that takes a text and is not named here is left out. */
export type GoodTexts = Record<string, string>;

const OTHERS: Record<string, unknown> = { Int: 1, Float: 0.5, Boolean: true };

/**
 * Every query and mutation that our clients send (together they use the whole API), once for each text that it takes: that text is the
 * given one, the others are good.
 */
export function everyOperationWith(text: string, good: GoodTexts): Asked[] {
  const documents = Object.values(generated).filter((value) => value instanceof generated.TypedDocumentString);
  return documents.flatMap((document) => variationsOf(String(document), text, good));
}

function variationsOf(query: string, text: string, good: GoodTexts): Asked[] {
  const [operation] = parse(query).definitions;
  if (operation?.kind !== 'OperationDefinition' || operation.operation === OperationTypeNode.SUBSCRIPTION) return [];
  const declared = (operation.variableDefinitions ?? []).map(({ variable, type: written }) => {
    const type = typeFromAST(schema, written);
    if (!isInputType(type)) throw new Error(`No type for $${variable.name.value} in ${query}`);
    return { name: variable.name.value, type };
  });
  const variablesWith = (wrong: number) => {
    let texts = 0;
    const next = (name: string) => (texts++ === wrong ? text : good[name]);
    const variables = Object.fromEntries(declared.map(({ name, type }) => [name, filled(name, type, next)]));
    return { texts, variables };
  };
  const { texts } = variablesWith(-1);
  return Array.from({ length: Math.max(texts, 1) }, (_, wrong) => ({ query, variables: variablesWith(wrong).variables }));
}

/** A value of the type. @param text gives each text in it, by the name of its argument or field */
function filled(name: string, type: GraphQLInputType, text: (name: string) => unknown): unknown {
  if (isNonNullType(type)) return filled(name, type.ofType, text);
  if (isListType(type)) return [filled(name, type.ofType, text)];
  if (isEnumType(type)) return type.getValues()[0]?.name;
  if (!isInputObjectType(type)) return OTHERS[type.name] ?? text(name);
  const fields = Object.values(type.getFields());
  return Object.fromEntries(fields.map((field) => [field.name, filled(field.name, field.type, text)]));
}
