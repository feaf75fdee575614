import { type Contract, type DeclaredError, getDeclaredErrors, type RouteSpec } from '@plinth/contract-kit';
import { type Html, html, toInlineCode } from '@plinth/data-kit';
import { z } from 'zod';
import { listErrors } from '../http/declared-errors.ts';
import { type OpenApiOptions, toTemplate } from '../openapi/document.ts';
import { createPage, toStyleSource } from './page.ts';

const style = `
main { max-width: 860px; margin: 0 auto; padding: 32px 24px 64px; }
h1 { margin: 0 0 8px; font-size: 30px; line-height: 1.25; overflow-wrap: anywhere; }
h2 { margin: 40px 0 8px; font-size: 19px; }
p { margin: 0; }
.lead { font-size: 18px; color: var(--muted); }
.fix { margin: 24px 0 0; padding: 14px 20px; border: 1px solid var(--line); border-left: 4px solid var(--accent); border-radius: 6px;
  background: var(--panel); }
.fix b { display: block; font-size: 14px; }
ul { margin: 0; padding: 0; list-style: none; }
li { padding: 10px 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
small { display: block; color: var(--muted); font-size: 15px; }
.status { display: inline-block; min-width: 3.2em; color: var(--muted); font-variant-numeric: tabular-nums; }
`;

/** The policy of the pages of errors, which have no scripts. */
export const errorPolicy = [
  "default-src 'none'",
  `style-src ${toStyleSource(style)}`,
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const toPath = ({ domain, code }: DeclaredError): string => `/errors/${domain}/${code}`;

const toOperation = ({ method, path, summary }: RouteSpec, { name }: Contract): Html => {
  const template = toTemplate(path);
  // The address of an operation on Scalar's page.
  return html`<li><a href="/docs#tag/${name}/${method}${template}"><code>${method} ${template}</code></a><small>${summary}</small></li>`;
};

/** Lists the operations that respond with an error. */
const listOperations = (contracts: readonly Contract[], error: DeclaredError): Html[] =>
  contracts.flatMap((contract) =>
    Object.values(contract.routes)
      .filter((route) => getDeclaredErrors(route).includes(error))
      .map((route) => toOperation(route, contract)),
  );

/** Names the public details of an error. */
const toDetails = ({ data }: DeclaredError): Html => {
  if (!data) return html``;
  const { properties = {} } = z.toJSONSchema(data, { io: 'input', unrepresentable: 'any' });
  const names = Object.keys(properties).map((name) => html` <code>${name}</code>`);
  return html`<li>Details in <code>data</code>:${names}</li>`;
};

/** Creates the page that the `type` of a problem names. */
export const createErrorPage = (error: DeclaredError, { title: api, contracts }: OpenApiOptions): string => {
  const { domain, code, status, title, fix } = error;
  const operations = listOperations(contracts, error);
  return createPage({
    api,
    title: `${code} (${status})`,
    style,
    main: html`<main>
<h1>${code}</h1>
<p class="lead">${toInlineCode(title)}</p>
<p class="fix"><b>What to do</b>${toInlineCode(fix)}</p>
<h2>Recognize it</h2>
<ul>
<li>Status <code>${status}</code></li>
<li>Code <code>${code}</code></li>
<li>Type <code>${toPath(error)}</code></li>
<li>Domain <code>${domain}</code></li>
${toDetails(error)}
</ul>
${operations.length > 0 ? html`<h2>Operations that respond with it</h2>\n<ul>${operations}</ul>` : html``}
</main>`,
  });
};

/** Creates the same page in Markdown, for clients other than browsers. */
export const createErrorText = ({ domain, code, status, title, fix }: DeclaredError): string =>
  `# ${code}\n\n${title}\n\n- Domain: ${domain}\n- Status: ${status}\n- What to do: ${fix}\n`;

const toItem = (error: DeclaredError): Html =>
  html`<li><span class="status">${error.status}</span><a href="${toPath(error)}">${error.code}</a><small>${toInlineCode(error.title)}</small></li>`;

/** Creates the page with every error. */
export const createErrorIndex = ({ title: api, contracts }: OpenApiOptions): string =>
  createPage({
    api,
    title: 'Errors',
    style,
    main: html`<main>
<h1>Errors</h1>
<p class="lead">Each error response is a problem (RFC 9457). Its <code>type</code> is the address of one of these pages.</p>
${[...Map.groupBy(listErrors(contracts), ({ domain }) => domain)].map(([domain, members]) => html`<h2>${domain}</h2>\n<ul>${members.map(toItem)}</ul>`)}
</main>`,
  });
