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

/** Answers with the status of an invalid document. */
const NOT_VALID = { spec: true, status: 400 };

/**
 * Checks all arguments of a mutation document before any of it is executed. A refused document changes nothing, and no secret is
 * created for an answer that is refused in part.
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
  // Executing the document reports invalid variables.
  const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], variableValues ?? {});
  if (!coerced) return [];
  const fragments = document.definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION);
  const check = new DocumentCheck(schema, fragments, coerced);
  check.ofSelections(operation.selectionSet, type.name);
  return check.faults;
}

/** Visits the fields of a document that its execution will visit. */
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
      this.#record(selection, () => {
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
        // Check each fragment once: its faults are the same at every spread.
        this.#fragments.delete(name);
        if (fragment) this.ofSelections(fragment.selectionSet, fragment.typeCondition.name.value);
      }
    }
  }

  #ofField(node: FieldNode, typeName: string): void {
    const type = this.#schema.getType(typeName);
    const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[node.name.value] : undefined;
    if (!field) return;
    this.#record(node, () => {
      if (field.args.length === 0) return;
      const args = getArgumentValues(field, node, this.#variables);
      argumentCheckOf(field)?.(args);
    });
    if (node.selectionSet) this.ofSelections(node.selectionSet, getNamedType(field.type).name);
  }

  #isIncluded(node: SelectionNode): boolean {
    if (!node.directives?.length) return true;
    const { if: isSkipped = false } = getDirectiveValues(GraphQLSkipDirective, node, this.#variables) ?? {};
    const { if: isIncluded = true } = getDirectiveValues(GraphQLIncludeDirective, node, this.#variables) ?? {};
    return isIncluded === true && isSkipped === false;
  }

  /** Records what is wrong with the arguments of the node or of its directives. */
  #record(node: SelectionNode, check: () => void): void {
    try {
      check();
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      const { message, extensions, nodes = [node] } = error;
      this.faults.push(new GraphQLError(message, { nodes, extensions: { ...extensions, http: NOT_VALID } }));
    }
  }
}
