import { type GraphQLField, type GraphQLSchema, isObjectType } from 'graphql';
import { z } from 'zod';
import { BadUserInput, parseArgument } from './errors.js';
import { type ListLength, listLengthOf } from './list-lengths.js';

/** @throws BadUserInput if the arguments are invalid, independent of the stored data */
export type ArgumentCheck = (args: Record<string, unknown>) => void;

/** The check by the field's `extensions.arguments` (a Zod schema) and by the limits of its list. Undefined if any value is valid. */
export function argumentCheckOf(field: GraphQLField<unknown, unknown>): ArgumentCheck | undefined {
  const length = listLengthOf(field);
  const { arguments: schema } = field.extensions;
  if (!length && !(schema instanceof z.ZodType)) return undefined;
  return (args) => {
    if (length) checkLength(length, args);
    if (schema instanceof z.ZodType) parseArgument(schema, args);
  };
}

/**
 * Makes every field of the schema check its arguments before it is resolved, except mutations: all those of a document are checked before
 * the first is resolved (`checkedChanges`). Changes the schema and returns it.
 */
export function withArgumentChecks(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type === schema.getMutationType()) continue;
    for (const field of Object.values(type.getFields())) addCheck(field);
  }
  return schema;
}

function addCheck(field: GraphQLField<unknown, unknown>): void {
  const check = argumentCheckOf(field);
  const { resolve } = field;
  if (!check || !resolve) return;
  field.resolve = (source, args, context, info) => {
    check(args);
    return resolve(source, args, context, info);
  };
}

function checkLength({ names, minSize, maxSize }: ListLength, args: Record<string, unknown>): void {
  const given = names.filter((name) => typeof args[name] === 'number');
  const [, second] = given;
  if (second !== undefined) {
    throw new BadUserInput(`${names.join(' and ')} cannot be given together: give one of them`, [second]);
  }
  for (const name of given) {
    const size = Number(args[name]);
    if (size < minSize || size > maxSize) throw new BadUserInput(`${name} must be from ${minSize} to ${maxSize}`, [name]);
  }
}
