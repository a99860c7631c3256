import {
  type ExecutionArgs,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  GraphQLIncludeDirective,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getArgumentValues,
  getDirectiveValues,
  getNamedType,
  getOperationAST,
  getVariableValues,
  isInterfaceType,
  isObjectType,
  Kind,
  OperationTypeNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { argumentCheckOf } from './argument-checks.js';

/** The status is that of any other document which is not valid. */
const NOT_VALID = { spec: true, status: 400 };

/**
 * Checks every argument of a document that changes something before anything of it is executed, wherever it stands: of what is
 * refused nothing was done, and no secret is made whose answer is half refused.
 */
export function checkedChanges(): Plugin {
  return {
    onExecute({ args, setResultAndStopExecution }) {
      const errors = faultsIn(args);
      if (errors.length > 0) setResultAndStopExecution({ errors });
    },
  };
}

function faultsIn({ schema, document, operationName, variableValues }: ExecutionArgs): GraphQLError[] {
  const operation = getOperationAST(document, operationName);
  const type = schema.getMutationType();
  if (operation?.operation !== OperationTypeNode.MUTATION || !type) return [];
  // Where a variable is at fault, the execution says so before it begins.
  const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], variableValues ?? {});
  if (!coerced) return [];
  const fragments = document.definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION);
  const check = new DocumentCheck(schema, fragments, coerced);
  check.ofSelections(operation.selectionSet, type.name);
  return check.faults;
}

/** Goes through a document as its execution will. */
class DocumentCheck {
  readonly faults: GraphQLError[] = [];
  readonly #schema: GraphQLSchema;
  readonly #fragments: Map<string, FragmentDefinitionNode>;
  readonly #variables: Record<string, unknown>;

  constructor(schema: GraphQLSchema, fragments: FragmentDefinitionNode[], variables: Record<string, unknown>) {
    this.#schema = schema;
    this.#fragments = new Map(fragments.map((fragment) => [fragment.name.value, fragment]));
    this.#variables = variables;
  }

  ofSelections({ selections }: SelectionSetNode, type: string): void {
    for (const selection of selections) {
      this.#note(selection, () => {
        if (this.#isIncluded(selection)) this.#ofSelection(selection, type);
      });
    }
  }

  #ofSelection(selection: SelectionNode, type: string): void {
    switch (selection.kind) {
      case Kind.FIELD:
        this.#ofField(selection, type);
        return;
      case Kind.INLINE_FRAGMENT:
        this.ofSelections(selection.selectionSet, selection.typeCondition?.name.value ?? type);
        return;
      case Kind.FRAGMENT_SPREAD: {
        const name = selection.name.value;
        const fragment = this.#fragments.get(name);
        // Its faults are the same wherever it is spread.
        this.#fragments.delete(name);
        if (fragment) this.ofSelections(fragment.selectionSet, fragment.typeCondition.name.value);
      }
    }
  }

  #ofField(node: FieldNode, typeName: string): void {
    const type = this.#schema.getType(typeName);
    const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[node.name.value] : undefined;
    if (!field) return;
    this.#note(node, () => {
      const args = getArgumentValues(field, node, this.#variables);
      argumentCheckOf(field)?.(args);
    });
    if (node.selectionSet) this.ofSelections(node.selectionSet, getNamedType(field.type).name);
  }

  #isIncluded(node: SelectionNode): boolean {
    const { if: isSkipped = false } = getDirectiveValues(GraphQLSkipDirective, node, this.#variables) ?? {};
    const { if: isIncluded = true } = getDirectiveValues(GraphQLIncludeDirective, node, this.#variables) ?? {};
    return isIncluded === true && isSkipped === false;
  }
  /** Notes what is wrong with the node's arguments, or with those of its directives. */
  #note(node: SelectionNode, check: () => void): void {
    try {
      check();
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      const { message, extensions, nodes = [node] } = error;
      this.faults.push(new GraphQLError(message, { nodes, extensions: { ...extensions, http: NOT_VALID } }));
    }
  }
}
