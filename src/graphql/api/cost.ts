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

/** How many intervals a time series has at most; it counts as that many, for what bounds it is not read before. */
export const POINTS = { maxSize: 1000 };

/** What counts in a document's cost for a field that reads every key that ever was. */
export const EVERY_KEY = 1000;

/** Refuses a document whose answer could hold more values than that. A list whose length is a variable counts as the largest. */
export function costLimit(max: number): ValidationRule {
  return (context) => ({
    OperationDefinition: (operation) => {
      const root = context.getSchema().getRootType(operation.operation);
      const cost = new Costs(context).ofSelection(operation.selectionSet, root);
      if (cost <= max) return;
      const message = `The answer could hold ${cost} values, and ${max} are the limit of cost. Ask for smaller pages or fewer fields.`;
      context.reportError(new GraphQLError(message, { nodes: operation }));
    },
  });
}

type Parent = GraphQLNamedType | null | undefined;

class Costs {
  readonly #context: ValidationContext;
  /** Each fragment once, however often it is spread. One that leads back to itself counts nothing: another rule refuses it. */
  readonly #fragments = new Map<string, number>();

  constructor(context: ValidationContext) {
    this.#context = context;
  }

  /** @param lists how long the lists are that the selection's own fields give; 1 where their arguments say it */
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
   * A field's `extensions.cost` tells what it costs itself, where that is more than 1, and its `extensions.lists` how long the lists
   * may be in the object that it leads to, where its own arguments say so.
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

/** 1 where the field has no argument that says how long its list is. */
function lengthOf({ arguments: given = [] }: FieldNode, field: GraphQLField<unknown, unknown> | undefined): number {
  const length = listLengthOf(field);
  if (!length) return 1;
  const { names, defaultSize, maxSize } = length;
  const sizes = given
    .filter(({ name }) => names.includes(name.value))
    .map(({ value }) => (value.kind === Kind.INT ? Math.max(1, Math.min(Number(value.value), maxSize)) : maxSize));
  return sizes.length === 0 ? defaultSize : Math.max(...sizes);
}
