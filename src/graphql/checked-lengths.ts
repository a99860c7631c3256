import {
  type ArgumentNode,
  type DocumentNode,
  type ExecutionArgs,
  type GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  Kind,
  TypeInfo,
  type ValueNode,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { BadUserInput } from './errors.js';
import { type ListLength, listLengthOf } from './list-lengths.js';

/** A field whose arguments say how long its list is to be. */
interface Sized {
  length: ListLength;
  given: readonly ArgumentNode[];
}

/**
 * Refuses a list that would be longer than it may be, rather than to give a shorter one; and does so before anything is executed,
 * for what a mutation has done would be lost with its answer.
 */
export function checkedLengths(): Plugin {
  const known = new WeakMap<DocumentNode, Sized[]>();
  const faultsIn = (args: ExecutionArgs): GraphQLError[] => {
    const { schema, document } = args;
    const sized = known.get(document) ?? sizedFields(schema, document);
    known.set(document, sized);
    return sized.length === 0 ? [] : faultsOf(sized, args);
  };
  return {
    onExecute({ args, setResultAndStopExecution }) {
      const errors = faultsIn(args);
      if (errors.length > 0) setResultAndStopExecution({ errors });
    },
    onSubscribe({ args, setResultAndStopExecution }) {
      const errors = faultsIn(args);
      if (errors.length > 0) setResultAndStopExecution({ errors });
    },
  };
}

function sizedFields(schema: GraphQLSchema, document: DocumentNode): Sized[] {
  const types = new TypeInfo(schema);
  const sized: Sized[] = [];
  visit(
    document,
    visitWithTypeInfo(types, {
      Field({ arguments: all = [] }) {
        const length = listLengthOf(types.getFieldDef());
        const given = all.filter(({ name }) => length?.names.includes(name.value));
        if (length && given.length > 0) sized.push({ length, given });
      },
    }),
  );
  return sized;
}

function faultsOf(sized: Sized[], { document, operationName, variableValues }: ExecutionArgs): GraphQLError[] {
  const variables = getOperationAST(document, operationName)?.variableDefinitions ?? [];
  const sizeOf = (node: ValueNode | undefined): unknown => {
    if (node?.kind === Kind.INT) return Number(node.value);
    if (node?.kind !== Kind.VARIABLE) return undefined;
    const { value: name } = node.name;
    const fallback = variables.find(({ variable }) => variable.name.value === name)?.defaultValue;
    return variableValues && Object.hasOwn(variableValues, name) ? variableValues[name] : sizeOf(fallback);
  };
  return sized.flatMap(({ length, given }) => {
    const sizes = given.map((node) => ({ node, size: sizeOf(node.value) })).filter(({ size }) => typeof size === 'number');
    const [, second] = sizes;
    if (second) return [tooMany(length, second.node)];
    return sizes.filter(({ size }) => !isWithin(length, Number(size))).map(({ node }) => wrongSize(length, node));
  });
}

function isWithin({ minSize, maxSize }: ListLength, size: number): boolean {
  return size >= minSize && size <= maxSize;
}

function wrongSize({ minSize, maxSize }: ListLength, node: ArgumentNode): GraphQLError {
  return refusal(`${node.name.value} must be from ${minSize} to ${maxSize}`, node);
}

function tooMany({ names }: ListLength, node: ArgumentNode): GraphQLError {
  return refusal(`${names.join(' and ')} cannot be given together: give one of them`, node);
}

/** The status is that of any other document which is not valid. */
function refusal(message: string, node: ArgumentNode): GraphQLError {
  const error = new BadUserInput(message, [node.name.value], node);
  Object.assign(error.extensions, { http: { spec: true, status: 400 } });
  return error;
}
