import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';

/** The console loads files of its own origin, calls its own origin, and is shown in no frame. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Sent until the build is complete. It reloads itself without a script. */
const waitingPage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<meta http-equiv="refresh" content="1">
<title>Plinth</title>
<h1>The console is being built.</h1>
<p>This page shows it in a few seconds. The API is ready: its reference is at <a href="/docs">/docs</a>.</p>
</html>
`;

/** The names of files in `assets` contain a hash of their content. */
const immutable = { maxAge: '365d', immutable: true } as const;
/**
 * Other files are small and sent whole at each use. Their `ETag` would be their size and time, which are equal in two releases when an
 * image is built with one time for all files.
 */
const uncached = { maxAge: 0, etag: false, lastModified: false } as const;

const getPath = ({ url }: FastifyRequest): string => url.split('?', 1)[0] ?? url;

/** True when a browser opens a page. A program that calls a wrong path receives a problem instead of the page. */
const isNavigation = (request: FastifyRequest): boolean => {
  const path = getPath(request);
  const isOfApi = path === '/v1' || path.startsWith('/v1/');
  // service-kit routes a malformed URL again, as another one.
  const isMalformed = request.url !== request.originalUrl;
  return path === '/' || (!isOfApi && !isMalformed && (request.headers.accept ?? '').includes('text/html'));
};

/** Serves the console from the folder of its build, which may be written later. */
export const serveConsole =
  (folder: string): FastifyPluginAsync =>
  async (app) => {
    // The build writes this file last.
    const isBuilt = (): boolean => existsSync(join(folder, 'index.html.gz'));
    const sendPage = (reply: FastifyReply): void => {
      reply.header('content-security-policy', contentSecurityPolicy);
      if (isBuilt()) reply.sendFile('index.html', uncached);
      else reply.type('text/html; charset=utf-8').send(waitingPage);
    };
    const method: HTTPMethods[] = ['GET', 'HEAD'];
    const options = { method, config: { operational: true }, compress: false } as const;
    await app.register(fastifyStatic, {
      root: folder,
      serve: false,
      preCompressed: true,
      suppressWarning: true,
      dotfiles: 'ignore',
      // The files are small.
      acceptRanges: false,
    });
    // Browsers request `/favicon.ico` even when a page names another icon.
    const files = { '/favicon.ico': 'icon.svg', '/icon.svg': 'icon.svg', '/theme.js': 'theme.js' };
    for (const [url, name] of Object.entries(files)) {
      app.route({ ...options, url, handler: (_request, reply) => void reply.sendFile(name, uncached) });
    }
    app.route({
      ...options,
      url: '/assets/*',
      handler: (request, reply) => void reply.sendFile(getPath(request).slice(1), immutable),
    });
    app.route({
      ...options,
      url: '/*',
      handler: (request, reply) => (isNavigation(request) ? sendPage(reply) : reply.callNotFound()),
    });
  };
