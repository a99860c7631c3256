// Ours, because `@pothos/plugin-complexity` counts the sizes in the variables, and Yoga validates a document once for all variables.

import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  getOperationAST,
  isAbstractType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type NamedTypeNode,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  type ValidationContext,
  type ValidationRule,
} from 'graphql';
import { listLengthOf } from './list-lengths.js';

/** The maximum number of intervals of a time series. It always costs that many: the range is not known before execution. */
export const POINTS = { maxSize: 1000 };

/**
 * The cost of a field with `extensions.readsEveryKey`, by the number of events of keys. The greatest cost leaves room for one such field in
 * half a document.
 */
const EVERY_KEY = { least: 1000, eventsPerValue: 250, most: 4500 };

/** The same, for authors of documents. */
export const READS_EVERY_KEY = `It reads every key, and costs ${EVERY_KEY.least} of the 10000 values that a document may ask for. With more than ${EVERY_KEY.least * EVERY_KEY.eventsPerValue} events of keys it costs one value for each ${EVERY_KEY.eventsPerValue} of them, at most ${EVERY_KEY.most}.`;

function costOfEveryKey(events: number): number {
  const { least, eventsPerValue, most } = EVERY_KEY;
  return Math.min(Math.max(least, Math.ceil(events / eventsPerValue)), most);
}

/** The cost of an operation. */
interface Cost {
  /** How many values its answer could hold. */
  values: number;
  /** How many of its fields read every key. */
  readings: number;
}

/** Refuses a document whose answer could hold more than `max` values. A list whose length is a variable counts as the longest. */
export class CostLimit {
  readonly #max: number;
  readonly #keyEvents: () => number;
  readonly #known = new WeakMap<OperationDefinitionNode, Cost>();

  /** @param keyEvents the number of events that a reading of every key goes through, at the time of the call */
  constructor(max: number, keyEvents: () => number) {
    this.#max = max;
    this.#keyEvents = keyEvents;
  }

  /** Refuses a document that costs too much now. */
  readonly rule: ValidationRule = (context) => ({
    OperationDefinition: (operation) => {
      const error = this.#refusal(operation, context);
      if (error) context.reportError(error);
    },
  });

  /** Why a document that was valid costs too much now; undefined if it does not. Computes the cost of an operation once. */
  refusalOf(schema: GraphQLSchema, document: DocumentNode, operationName: string | null | undefined): GraphQLError | undefined {
    const operation = getOperationAST(document, operationName);
    if (!operation) return undefined;
    const getFragment = (wanted: string) =>
      document.definitions.find(
        (definition): definition is FragmentDefinitionNode =>
          definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === wanted,
      );
    return this.#refusal(operation, { getSchema: () => schema, getFragment });
  }

  #refusal(operation: OperationDefinitionNode, source: Source): GraphQLError | undefined {
    const { values, readings } = this.#known.get(operation) ?? this.#costOf(operation, source);
    const cost = readings === 0 ? values : values + readings * costOfEveryKey(this.#keyEvents());
    if (cost <= this.#max) return undefined;
    const message = `The answer could hold ${cost} values, but the limit of cost is ${this.#max}. Ask for smaller pages or fewer fields.`;
    return new GraphQLError(message, {
      nodes: operation,
      extensions: { code: 'GRAPHQL_VALIDATION_FAILED', http: { spec: true, status: 400 } },
    });
  }

  #costOf(operation: OperationDefinitionNode, source: Source): Cost {
    const root = source.getSchema().getRootType(operation.operation);
    const cost = new Costs(source).ofSelection(operation.selectionSet, root);
    this.#known.set(operation, cost);
    return cost;
  }
}

/** Where the types and fragments of a document are found. */
type Source = Pick<ValidationContext, 'getSchema' | 'getFragment'>;

type Parent = GraphQLNamedType | null | undefined;

const NOTHING: Cost = { values: 0, readings: 0 };

class Costs {
  readonly #source: Source;
  /** The cost of each fragment, computed once. A fragment that contains itself counts as nothing: another rule refuses it. */
  readonly #fragments = new Map<string, Cost>();

  constructor(source: Source) {
    this.#source = source;
  }

  /**
   * An object has one type, so of the fragments on several types only those on the most expensive one count.
   * @param lists the length of the lists among the selected fields if an argument of their parent gives it; otherwise 1
   */
  ofSelection({ selections }: SelectionSetNode, parent: Parent, lists = 1): Cost {
    const parts = selections.map((selection) => this.#ofPart(selection, parent, lists));
    return this.#typesOf(parent)
      .map((type) => parts.filter(({ on }) => this.#covers(on, type)).reduce((sum, { cost }) => add(sum, cost), NOTHING))
      .reduce(atMost, NOTHING);
  }

  /** The cost of a selection, and the type of the objects that it is on. */
  #ofPart(selection: SelectionNode, parent: Parent, lists: number): { cost: Cost; on: Parent } {
    if (selection.kind === Kind.FIELD) return { cost: this.#ofField(selection, parent, lists), on: parent };
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      const fragment = this.#source.getFragment(selection.name.value);
      return { cost: this.#ofFragment(selection.name.value, lists), on: fragment && this.#typeOf(fragment.typeCondition) };
    }
    const on = selection.typeCondition ? this.#typeOf(selection.typeCondition) : parent;
    return { cost: this.ofSelection(selection.selectionSet, on, lists), on };
  }

  /** The types that an object of that type may have. */
  #typesOf(parent: Parent): readonly Parent[] {
    return isAbstractType(parent) ? this.#source.getSchema().getPossibleTypes(parent) : [parent];
  }

  /** True if a selection on the first type applies to objects of the second. One on an unknown type counts: another rule refuses it. */
  #covers(on: Parent, type: Parent): boolean {
    if (!on || !type || on === type) return true;
    return isAbstractType(on) ? isObjectType(type) && this.#source.getSchema().isSubType(on, type) : isAbstractType(type);
  }

  /**
   * `extensions.cost` is the cost of the field itself; 1 if missing. `extensions.lists` is the maximum length of the lists in its object
   * if the arguments of the field determine it.
   */
  #ofField(node: FieldNode, parent: Parent, lists: number): Cost {
    const hasFields = isObjectType(parent) || isInterfaceType(parent);
    const field = hasFields ? parent.getFields()[node.name.value] : undefined;
    const own = field?.extensions.readsEveryKey
      ? { values: 0, readings: 1 }
      : { values: Number(field?.extensions.cost ?? 1), readings: 0 };
    if (!node.selectionSet) return own;
    const length = lengthOf(node, field) * (isList(field) ? lists : 1);
    const within = Number(field?.extensions.lists ?? 1);
    const { values, readings } = this.ofSelection(node.selectionSet, field && getNamedType(field.type), within);
    return add(own, { values: length * values, readings: length * readings });
  }

  #ofFragment(name: string, lists: number): Cost {
    const key = `${name} ${lists}`;
    const known = this.#fragments.get(key);
    if (known) return known;
    this.#fragments.set(key, NOTHING);
    const fragment = this.#source.getFragment(name);
    const cost = fragment ? this.ofSelection(fragment.selectionSet, this.#typeOf(fragment.typeCondition), lists) : NOTHING;
    this.#fragments.set(key, cost);
    return cost;
  }

  #typeOf({ name }: NamedTypeNode): Parent {
    return this.#source.getSchema().getType(name.value);
  }
}

function add(one: Cost, other: Cost): Cost {
  return { values: one.values + other.values, readings: one.readings + other.readings };
}

function atMost(one: Cost, other: Cost): Cost {
  return { values: Math.max(one.values, other.values), readings: Math.max(one.readings, other.readings) };
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
