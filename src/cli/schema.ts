import { lexicographicSortSchema, printSchema as print } from 'graphql';
import { schema } from '../graphql/schema.js';

/** Prints the schema as SDL (GraphQL specification, section 3), types and fields in alphabetical order. */
export function printSchema(): void {
  process.stdout.write(`${print(lexicographicSortSchema(schema))}\n`);
}
