import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import Fastify from 'fastify';

/** The settings of Scalar. No font, proxy, telemetry or agent of another host. */
const configuration = {
  url: '/openapi.json',
  theme: 'none',
  withDefaultFonts: false,
  telemetry: false,
  agent: { disabled: true },
  mcp: { disabled: true },
  hideClientButton: true,
  showDeveloperTools: 'never',
  proxyUrl: '',
  documentDownloadType: 'none',
  defaultHttpClient: { targetKey: 'shell', clientKey: 'curl' },
  authentication: { preferredSecurityScheme: 'bearer' },
};

/** Runs before Scalar, which contains Zod. Without this, Zod tries `eval`, which the policy of the page would report. */
const prologue = 'globalThis.__zod_globalConfig = { jitless: true };\n';
const start = `\nScalar.createApiReference('#reference', ${JSON.stringify(configuration)});\n`;

const { version } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.resolve('@scalar/fastify-api-reference')), 'utf8'),
) as { version: string };
const hash = createHash('sha256').update(`${version}${prologue}${start}`).digest('base64url').slice(0, 16);

/** The path of the script. It changes with the content, so that browsers may keep the script for a year. */
export const docsScriptPath = `/docs/reference-${hash}.js`;

/** Reads the script of Scalar from a temporary server, because its package exports a plugin only. */
const readScalar = async (): Promise<string> => {
  const app = Fastify();
  const { default: scalar } = await import('@scalar/fastify-api-reference');
  await app.register(scalar, { routePrefix: '/docs', configuration: { url: configuration.url } });
  const { statusCode, body } = await app.inject('/docs/js/scalar.js');
  await app.close();
  if (statusCode !== 200) throw new Error('@scalar/fastify-api-reference has no script at js/scalar.js.');
  return body;
};

/** Runs a function once, and again only after it has failed. */
const untilSuccess = <T>(run: () => Promise<T>): (() => Promise<T>) => {
  let result: Promise<T> | undefined;
  return () => {
    result ??= run().catch((cause: unknown) => {
      result = undefined;
      throw cause;
    });
    return result;
  };
};

const compressBrotli = promisify(brotliCompress);
const compressGzip = promisify(gzip);

/**
 * Reads and compresses the script of five megabytes at the first request for it: most processes never serve it. The compression does
 * not block the event loop.
 */
export const createDocsScript = (read: () => Promise<string> = readScalar) => {
  const identity = untilSuccess(async () => Buffer.from(prologue + (await read()) + start));
  return {
    br: untilSuccess(async () => compressBrotli(await identity(), { params: { [constants.BROTLI_PARAM_QUALITY]: 6 } })),
    gzip: untilSuccess(async () => compressGzip(await identity())),
    identity,
  };
};
