import { html } from '@plinth/data-kit';
import { readMailFolder, type StoredMail } from '@plinth/mail';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { isLocal } from './local-client.ts';

type MailSettings = { readonly MAIL_DIR: string | undefined; readonly NODE_ENV: string };

/** Mail contains links that open accounts: never in production. */
export const hasDevelopmentMail = <S extends MailSettings>(config: S): config is S & { readonly MAIL_DIR: string } =>
  config.MAIL_DIR !== undefined && config.NODE_ENV !== 'production';

/** Messages bring their own styles. No script runs and nothing is loaded. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  'sandbox allow-popups',
].join('; ');

const createPage = (title: string, main: ReturnType<typeof html>): string =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="data:,">
</head>
<body style="max-width:860px;margin:32px auto;padding:0 24px;font:16px/1.55 system-ui,sans-serif;overflow-wrap:anywhere">
<h1 style="font-size:26px">${title}</h1>
${main}
</body>
</html>
`.html;

const createListPage = (messages: readonly StoredMail[]): string =>
  createPage(
    'Mail of this machine',
    messages.length === 0
      ? html`<p>There is no mail yet. This page shows the last 100 messages, and none of them is sent.</p>`
      : html`<ul>${messages.map(
          ({ id, subject, to, sentAt }) =>
            html`<li><a href="/dev/mail/${id}">${subject}</a><br><small>to ${to}, ${sentAt}</small></li>\n`,
        )}</ul>`,
  );

const createMessagePage = ({ id, subject, from, to, sentAt, text }: StoredMail): string =>
  createPage(
    subject,
    html`<p>From ${from}<br>To ${to}<br>At ${sentAt}</p>
<pre style="white-space:pre-wrap;border:1px solid #8884;border-radius:6px;padding:16px">${text}</pre>
<p><a href="/dev/mail/${id}/html">The same message as HTML</a> · <a href="/dev/mail">All mail</a></p>`,
  );

const wantsPage = ({ headers }: FastifyRequest): boolean => (headers.accept ?? '').includes('text/html');

const sendPage = (reply: FastifyReply, page: string): FastifyReply =>
  reply.header('content-security-policy', contentSecurityPolicy).type('text/html; charset=utf-8').send(page);

type OneMessage = { Params: { id: string } };

/**
 * Serves the messages that a worker of this machine has kept in a folder, to clients of this machine only: pages without a script for
 * browsers, and JSON for programs.
 */
export const serveDevelopmentMail =
  (folder: string): FastifyPluginAsync =>
  async (app) => {
    const config = { operational: true } as const;
    const findMessage = async (id: string): Promise<StoredMail | undefined> =>
      (await readMailFolder(folder)).find((message) => message.id === id);

    app.get('/dev/mail', { config }, async (request, reply) => {
      if (!isLocal(request)) return reply.callNotFound();
      const messages = await readMailFolder(folder);
      return wantsPage(request) ? sendPage(reply, createListPage(messages)) : { messages };
    });
    app.get<OneMessage>('/dev/mail/:id', { config }, async (request, reply) => {
      const message = isLocal(request) ? await findMessage(request.params.id) : undefined;
      if (!message) return reply.callNotFound();
      return wantsPage(request) ? sendPage(reply, createMessagePage(message)) : message;
    });
    app.get<OneMessage>('/dev/mail/:id/html', { config }, async (request, reply) => {
      const message = isLocal(request) ? await findMessage(request.params.id) : undefined;
      return message ? sendPage(reply, message.html) : reply.callNotFound();
    });
  };
