import type { Command } from 'commander';
import { schema } from '../graphql/api/schema.js';
import { BUILD_INFO } from '../shared/build-info.js';
import { cliPage } from './cli.js';
import { filesPage } from './data-files.js';
import { errorsPage } from './errors.js';
import { eventsPage } from './events.js';
import { graphqlPage } from './graphql.js';
import { httpPage } from './http.js';
import { metricsPage } from './metrics.js';
import { openApi } from './openapi.js';
import { settingsPage } from './settings.js';
import { sqlViewsPage } from './sql-views.js';

/**
 * The part of the documentation that is generated from the code: content by path.
 * @param root the repository, with the samples of events and the contract of the SQL views
 */
export function referencePages(root: string, program: Command): Map<string, string> {
  return new Map([
    ['docs/reference/settings.md', settingsPage()],
    ['docs/reference/graphql.md', graphqlPage(schema)],
    ['docs/reference/http.md', httpPage()],
    ['schema/openapi.json', `${JSON.stringify(openApi(BUILD_INFO.version), null, 2)}\n`],
    ['docs/reference/errors.md', errorsPage()],
    ['docs/reference/events.md', eventsPage(root)],
    ['docs/reference/metrics.md', metricsPage()],
    ['docs/reference/cli.md', cliPage(program)],
    ['docs/reference/files.md', filesPage()],
    ['docs/reference/sql-views.md', sqlViewsPage(root)],
  ]);
}
