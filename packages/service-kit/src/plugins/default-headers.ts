import helmet from '@fastify/helmet';
import Fastify from 'fastify';
import fp from 'fastify-plugin';
import { noStore } from '../http/caching.ts';

type Headers = Readonly<Record<string, string>>;

declare module 'fastify' {
  interface FastifyInstance {
    /** The headers of every response, before its own are set. */
    readonly defaultHeaders: Headers;
  }
}

/** Reads helmet's headers from a response of a temporary server. */
const readHelmetHeaders = async (): Promise<Headers> => {
  const app = Fastify();
  await app.register(helmet, {
    frameguard: { action: 'deny' },
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
  });
  app.get('/', async () => '');
  const { headers } = await app.inject('/');
  await app.close();
  const headersOfNode = ['content-length', 'content-type', 'date', 'connection'];
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !headersOfNode.includes(name))) as Headers;
};

/** Computes the headers of every response once: helmet as a hook would cost more than the rest of a health check. */
export const defaultHeaders = fp(
  async (app) => {
    app.decorate('defaultHeaders', { ...(await readHelmetHeaders()), 'cache-control': noStore });
  },
  { name: 'default-headers' },
);
