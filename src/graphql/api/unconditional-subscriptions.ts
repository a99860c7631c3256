import { type DocumentNode, GraphQLError, Kind, OperationTypeNode, type SelectionNode, type SelectionSetNode } from 'graphql';
import type { Plugin } from 'graphql-yoga';

const CONDITIONS = ['skip', 'include'];

/**
 * Refuses `@skip` and `@include` at the root of a subscription, as GraphQL does since September 2025: it would follow nothing. graphql-js
 * 16 evaluates them without variables while it validates a document, and fails.
 */
export function unconditionalSubscriptions(): Plugin {
  return {
    onValidate({ params, setResult }) {
      const faults = faultsIn(params.documentAST);
      if (faults.length > 0) setResult(faults);
    },
  };
}

function faultsIn({ definitions }: DocumentNode): GraphQLError[] {
  const fragments = new Map<string, SelectionSetNode>();
  for (const each of definitions) if (each.kind === Kind.FRAGMENT_DEFINITION) fragments.set(each.name.value, each.selectionSet);
  const directives = definitions
    .filter((each) => each.kind === Kind.OPERATION_DEFINITION)
    .filter(({ operation }) => operation === OperationTypeNode.SUBSCRIPTION)
    .flatMap(({ selectionSet }) => [...selectionsAt(selectionSet, fragments)])
    .flatMap((selection) => selection.directives ?? []);
  return directives
    .filter(({ name }) => CONDITIONS.includes(name.value))
    .map((node) => new GraphQLError(`\`@${node.name.value}\` is not allowed at the root of a subscription.`, { nodes: node }));
}

/** The selections at this place, and those in fragments at this place. A fragment counts once, also if it contains itself. */
function* selectionsAt(set: SelectionSetNode, fragments: Map<string, SelectionSetNode>): Generator<SelectionNode> {
  for (const selection of set.selections) {
    yield selection;
    if (selection.kind === Kind.FIELD) continue;
    const name = selection.kind === Kind.FRAGMENT_SPREAD ? selection.name.value : '';
    const within = selection.kind === Kind.INLINE_FRAGMENT ? selection.selectionSet : fragments.get(name);
    fragments.delete(name);
    if (within) yield* selectionsAt(within, fragments);
  }
}
