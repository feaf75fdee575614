import { type Html, html } from '../html/html.ts';
import type { MailContent } from './mail.ts';

export type MailParts = {
  readonly subject: string;
  /** Plain texts. The HTML shows them as they are, escaped. */
  readonly paragraphs: readonly string[];
  /** The page that the recipient should open. */
  readonly link?: { readonly label: string; readonly url: string };
};

const toLinkText = ({ label, url }: NonNullable<MailParts['link']>): string => `${label}:\n${url}`;

const toLink = ({ label, url }: NonNullable<MailParts['link']>): Html =>
  html`<p><a href="${url}">${label}</a></p>
<p style="color:#57606a;font-size:14px">If the link does not open, copy this address into a browser:<br>${url}</p>
`;

/**
 * Creates the text and the HTML of a message from the same parts, so that both say the same. A template is a function of typed data
 * that returns it.
 * @throws a `TypeError` for a link that is no http or https URL: another one could run code.
 */
export const toMailContent = ({ subject, paragraphs, link }: MailParts): MailContent => {
  if (link && !/^https?:\/\//.test(link.url)) {
    throw new TypeError('The link of a message begins with neither https:// nor http://.');
  }
  return {
    subject,
    text: `${[...paragraphs, ...(link ? [toLinkText(link)] : [])].join('\n\n')}\n`,
    html: html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${subject}</title>
</head>
<body style="max-width:600px;margin:24px auto;padding:0 16px;font:16px/1.55 system-ui,sans-serif">
${paragraphs.map((paragraph) => html`<p>${paragraph}</p>\n`)}${link ? toLink(link) : html``}</body>
</html>
`.html,
  };
};
