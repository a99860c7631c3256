import { type ASTNode, BREAK, type DocumentNode, type ExecutionResult, GraphQLError, isValueNode, Kind, visit } from 'graphql';
import { isAsyncIterable, type Plugin } from 'graphql-yoga';

type Path = (string | number)[];

/**
 * Completes the errors of graphql-js. Errors in arguments get the code and the path that our own checks give; other errors that prevent
 * the execution get only the code. In production, suggestions are removed from messages, since together they reveal the schema.
 */
export function faults({ production }: { production: boolean }): Plugin {
  const complete = (error: GraphQLError, document: DocumentNode) => {
    const path = pathOfInput(error, document);
    if (path !== undefined) Object.assign(error.extensions, { code: 'BAD_USER_INPUT', path });
    if (production) error.message = error.message.replace(/ Did you mean [^?]*\?$/, '');
  };
  const completeAll = (result: ExecutionResult | AsyncIterable<unknown>, document: DocumentNode) => {
    if (isAsyncIterable(result)) return;
    for (const error of result.errors ?? []) {
      // The executor passes on what it throws itself. That is masked.
      if (!(error instanceof GraphQLError)) continue;
      complete(error, document);
      const { originalError: cause } = error;
      if (!('data' in result) && (!cause || cause instanceof GraphQLError)) error.extensions.code ??= 'BAD_USER_INPUT';
    }
  };
  return {
    onValidate: ({ params }) => {
      return ({ result }) => {
        for (const error of result) if (error instanceof GraphQLError) complete(error, params.documentAST);
      };
    },
    onExecute: ({ args }) => ({ onExecuteDone: ({ result }) => completeAll(result, args.document) }),
    onSubscribe: ({ args }) => ({
      onSubscribeResult: ({ result }) => {
        completeAll(result, args.document);
        return { onNext: ({ result }) => completeAll(result, args.document) };
      },
    }),
  };
}

/** The message for an argument that is missing, or that a variable makes null or invalid. */
const FAULTY_ARGUMENT =
  /^(?:(?:Field|Directive) "[^"]+" argument|Argument) "(\w+)" (?:of (?:required |non-null )?type|has invalid value) /;

/** The path of the invalid argument, or of the invalid part of one. Undefined if the error is not about an argument. */
function pathOfInput({ message, nodes }: GraphQLError, document: DocumentNode): Path | undefined {
  const [, argument] = FAULTY_ARGUMENT.exec(message) ?? [];
  if (argument !== undefined) return [argument];
  const node = nodes?.[0];
  const path = node && pathOfNode(node, message, document);
  return path && [...path, ...missingField(message)];
}

function pathOfNode(node: ASTNode, message: string, document: DocumentNode): Path | undefined {
  const [, variable] = /^Variable "\$(\w+)" (?:got invalid value|of required type|of non-null type)/.exec(message) ?? [];
  if (variable !== undefined) {
    const used = pathTo((other) => other.kind === Kind.VARIABLE && other.name.value === variable, document);
    return used && [...used, ...pathInVariable(message)];
  }
  const isLiteral = (isValueNode(node) && node.kind !== Kind.VARIABLE) || node.kind === Kind.OBJECT_FIELD;
  return isLiteral ? pathTo((other) => other === node, document) : undefined;
}

/** The path in a message of graphql-js, such as `$variable.scopes[1]`, without the variable. */
function pathInVariable(message: string): Path {
  const [, at = ''] = /^.* at "([^"]+)"; /s.exec(message) ?? [];
  return [...at.matchAll(/\.(\w+)|\[(\d+)\]/g)].map(([, name, index]) => name ?? Number(index));
}

function missingField(message: string): Path {
  const [, name] = /Field "(?:\w+\.)?(\w+)" of required type "[^"]+" was not provided\.$/.exec(message) ?? [];
  return name === undefined ? [] : [name];
}

/** The argument, input fields and list indices that lead to the node. Undefined if the node is not in an argument. */
function pathTo(isTarget: (node: ASTNode) => boolean, document: DocumentNode): Path | undefined {
  const path: Path = [];
  let found: Path | undefined;
  visit(document, {
    enter(node, key) {
      path.push(...step(node, key));
      if (path.length === 0 || !isTarget(node)) return undefined;
      found = [...path];
      return BREAK;
    },
    leave(node, key) {
      path.length -= step(node, key).length;
    },
  });
  return found;
}

function step(node: ASTNode, key: string | number | undefined): Path {
  if (node.kind === Kind.ARGUMENT || node.kind === Kind.OBJECT_FIELD) return [node.name.value];
  return isValueNode(node) && typeof key === 'number' ? [key] : [];
}
