import { createHash } from 'node:crypto';
import { type Html, html } from '@plinth/data-kit';

/** The style of all pages. Each text has a contrast of at least 4.5. Scalar sets the classes of `body` when a reader chooses a color scheme. */
const sharedStyle = `
body.light-mode { color-scheme: light; }
body.dark-mode { color-scheme: dark; }
:root { color-scheme: light dark; --text: light-dark(#1b1f24, #e6e9ed); --muted: light-dark(#57606a, #9aa4af);
  --back: light-dark(#fff, #12151a); --panel: light-dark(#f4f6f8, #1b2027); --line: light-dark(#d8dee4, #2d343d);
  --accent: light-dark(#0b57d0, #8ab4f8); }
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--text); font: 16px/1.55 system-ui, sans-serif; }
a { color: var(--accent); text-underline-offset: 0.2em; }
a:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 2px; }
code { font: 0.925em ui-monospace, monospace; }
.bar { display: flex; gap: 24px; align-items: center; height: 49px; padding: 0 24px; border-bottom: 1px solid var(--line); background: var(--back); font-size: 14px; }
.bar a { color: var(--text); text-decoration: none; }
.bar a:hover { text-decoration: underline; }
@media (max-width: 480px) { .bar span { display: none; } }
`;

export type PageOptions = {
  /** The title of the API. */
  readonly api: string;
  readonly title: string;
  /** The style of this page, besides that of all pages. */
  readonly style: string;
  readonly head?: Html;
  readonly main: Html;
};

/** Returns the source with which a policy allows the style element of a page, by its hash. */
export const toStyleSource = (ownStyle: string): string =>
  `'sha256-${createHash('sha256')
    .update(sharedStyle + ownStyle)
    .digest('base64')}'`;

/** Creates a page with the navigation of the reference. */
export const createPage = ({ api, title, style: ownStyle, head = html``, main }: PageOptions): string =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · ${api}</title>
<link rel="icon" href="data:,">
<style>${{ html: sharedStyle + ownStyle }}</style>
${head}
</head>
<body>
<nav class="bar" aria-label="Pages">
<a href="/docs"><b>${api}</b> <span>API reference</span></a><a href="/errors">Errors</a><a href="/openapi.json">OpenAPI</a><a href="/asyncapi.json">AsyncAPI</a>
</nav>
${main}
</body>
</html>
`.html;
