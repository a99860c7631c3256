import { lexicographicSortSchema, printSchema as print } from 'graphql';
import { schema } from '../../graphql/api/schema.js';
import { print as printText } from '../output/output.js';

/** Prints the schema as SDL (GraphQL specification, section 3), types and fields in alphabetical order. */
export async function printSchema(): Promise<void> {
  await printText(`${print(lexicographicSortSchema(schema))}\n`);
}
