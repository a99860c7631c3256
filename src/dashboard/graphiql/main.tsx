import { GraphiQL } from 'graphiql';
import { createRoot } from 'react-dom/client';
import 'graphiql/style.css';
import './page.css';
import { fetcher } from './fetcher.js';

const WELCOME = `# If you are signed in to the dashboard, the
# query runs as you. If not, enter a token
# under "Headers":
# { "authorization": "Bearer TOKEN" }
query Viewer {
  viewer {
    subject
    accountId
    roles
  }
}
`;

// GraphiQL keeps its tabs before it keeps their query. Left in between, it would come back with an empty editor.
if (localStorage.getItem('graphiql:query') === null) localStorage.removeItem('graphiql:tabState');

const root = document.getElementById('root');
if (root) createRoot(root).render(<GraphiQL fetcher={fetcher} defaultQuery={WELCOME} shouldPersistHeaders={false} />);
