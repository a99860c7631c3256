import { type GraphQLField, type GraphQLSchema, isObjectType } from 'graphql';
import { z } from 'zod';
import { BadUserInput, parseArgument } from './errors.js';
import { type ListLength, listLengthOf } from './list-lengths.js';

/** @throws BadUserInput where the arguments are not what they must be, whatever the ledger holds */
export type ArgumentCheck = (args: Record<string, unknown>) => void;

/** What the field's `extensions.arguments` (a Zod schema) and the length of its list ask for; undefined where any value will do. */
export function argumentCheckOf(field: GraphQLField<unknown, unknown>): ArgumentCheck | undefined {
  const length = listLengthOf(field);
  const { arguments: schema } = field.extensions;
  if (!length && !(schema instanceof z.ZodType)) return undefined;
  return (args) => {
    if (length) checkLength(length, args);
    if (schema instanceof z.ZodType) parseArgument(schema, args);
  };
}

/** The schema, whose fields check their arguments before they are resolved. */
export function withArgumentChecks(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type)) continue;
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
