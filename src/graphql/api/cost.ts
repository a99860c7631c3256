// Ours, because `@pothos/plugin-complexity` counts the sizes in the variables, and Yoga validates a document once for all variables.

import {
  type FieldNode,
  GraphQLError,
  type GraphQLField,
  type GraphQLNamedType,
  getNamedType,
  getNullableType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type NamedTypeNode,
  type SelectionSetNode,
  type ValidationContext,
  type ValidationRule,
} from 'graphql';
import { listLengthOf } from './list-lengths.js';

/** The maximum number of intervals of a time series. It always costs that many: the range is not known before execution. */
export const POINTS = { maxSize: 1000 };

/** The cost of a field that reads all keys, including deleted ones. */
export const EVERY_KEY = 1000;

/** Refuses a document whose answer could hold more than `max` values. A list whose length is a variable counts as the longest. */
export function costLimit(max: number): ValidationRule {
  return (context) => ({
    OperationDefinition: (operation) => {
      const root = context.getSchema().getRootType(operation.operation);
      const cost = new Costs(context).ofSelection(operation.selectionSet, root);
      if (cost <= max) return;
      const message = `The answer could hold ${cost} values, but the limit of cost is ${max}. Ask for smaller pages or fewer fields.`;
      context.reportError(new GraphQLError(message, { nodes: operation }));
    },
  });
}

type Parent = GraphQLNamedType | null | undefined;

class Costs {
  readonly #context: ValidationContext;
  /** The cost of each fragment, computed once. A fragment that contains itself counts as 0: another rule refuses it. */
  readonly #fragments = new Map<string, number>();

  constructor(context: ValidationContext) {
    this.#context = context;
  }

  /** @param lists the length of the lists among the selected fields if an argument of their parent gives it; otherwise 1 */
  ofSelection({ selections }: SelectionSetNode, parent: Parent, lists = 1): number {
    return selections
      .map((selection) => {
        if (selection.kind === Kind.FIELD) return this.#ofField(selection, parent, lists);
        if (selection.kind === Kind.FRAGMENT_SPREAD) return this.#ofFragment(selection.name.value, lists);
        const type = selection.typeCondition ? this.#typeOf(selection.typeCondition) : parent;
        return this.ofSelection(selection.selectionSet, type, lists);
      })
      .reduce((sum, cost) => sum + cost, 0);
  }

  /**
   * `extensions.cost` is the cost of the field itself; 1 if missing. `extensions.lists` is the maximum length of the lists in its object
   * if the arguments of the field determine it.
   */
  #ofField(node: FieldNode, parent: Parent, lists: number): number {
    const hasFields = isObjectType(parent) || isInterfaceType(parent);
    const field = hasFields ? parent.getFields()[node.name.value] : undefined;
    const own = Number(field?.extensions.cost ?? 1);
    if (!node.selectionSet) return own;
    const length = lengthOf(node, field) * (isList(field) ? lists : 1);
    const within = Number(field?.extensions.lists ?? 1);
    return own + length * this.ofSelection(node.selectionSet, field && getNamedType(field.type), within);
  }

  #ofFragment(name: string, lists: number): number {
    const key = `${name} ${lists}`;
    const known = this.#fragments.get(key);
    if (known !== undefined) return known;
    this.#fragments.set(key, 0);
    const fragment = this.#context.getFragment(name);
    const cost = fragment ? this.ofSelection(fragment.selectionSet, this.#typeOf(fragment.typeCondition), lists) : 0;
    this.#fragments.set(key, cost);
    return cost;
  }

  #typeOf({ name }: NamedTypeNode): Parent {
    return this.#context.getSchema().getType(name.value);
  }
}

function isList(field: GraphQLField<unknown, unknown> | undefined): boolean {
  return field !== undefined && isListType(getNullableType(field.type));
}

/** 1 if no argument of the field limits a list. */
function lengthOf({ arguments: given = [] }: FieldNode, field: GraphQLField<unknown, unknown> | undefined): number {
  const length = listLengthOf(field);
  if (!length) return 1;
  const { names, defaultSize, maxSize } = length;
  const sizes = given
    .filter(({ name }) => names.includes(name.value))
    .map(({ value }) => (value.kind === Kind.INT ? Math.max(1, Math.min(Number(value.value), maxSize)) : maxSize));
  return sizes.length === 0 ? defaultSize : Math.max(...sizes);
}
