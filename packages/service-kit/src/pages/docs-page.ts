import { html } from '@plinth/data-kit';
import { createPage } from './page.ts';

/**
 * The policy of `/docs`. Scalar adds style elements and attributes while it runs, so its page alone has `'unsafe-inline'` for styles;
 * scripts and requests stay those of this host.
 */
export const docsPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Scalar's variables. Its own colors of methods and of secondary texts have too little contrast. */
const style = `
body { --scalar-custom-header-height: 49px; --scalar-font: system-ui, sans-serif; --scalar-font-code: ui-monospace, monospace;
  --scalar-background-1: var(--back); --scalar-background-2: var(--panel); --scalar-border-color: var(--line);
  --scalar-color-1: var(--text); --scalar-color-2: var(--muted); --scalar-color-3: var(--muted); --scalar-color-accent: var(--accent);
  --scalar-color-green: light-dark(#00704a, #4cc38a); --scalar-color-red: light-dark(#c4122f, #ff8080);
  --scalar-color-yellow: light-dark(#7d5a00, #f1c14d); --scalar-color-orange: light-dark(#a63c00, #ff9b57);
  --scalar-color-blue: light-dark(#0b57d0, #8ab4f8); --scalar-color-purple: light-dark(#6b3fd4, #b79bff); }
.bar { position: sticky; top: 0; z-index: 10; }
#reference:empty::before { content: 'The reference is loading.'; display: block; padding: 48px 24px; color: var(--muted); }
`;

/** Creates the page that loads the script of the reference, which adds the main landmark. */
export const createDocsPage = ({ api, script }: { readonly api: string; readonly script: string }): string =>
  createPage({
    api,
    title: 'API reference',
    style,
    head: html`<script defer src="${script}"></script>`,
    main: html`<div id="reference"></div>
<noscript>The reference needs JavaScript. <a href="/openapi.json">openapi.json</a> has the same content.</noscript>`,
  });
