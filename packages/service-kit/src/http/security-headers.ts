import helmet from '@fastify/helmet';
import Fastify from 'fastify';

/**
 * Helmet's headers. Its set is computed once, by asking a throw-away server for it: to compute it
 * for each request would cost more than all the rest of the pipeline.
 */
export const securityHeaders = async (): Promise<Readonly<Record<string, string>>> => {
  const app = Fastify();
  await app.register(helmet, {
    frameguard: { action: 'deny' },
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
  });
  app.get('/', async () => '');
  const { headers } = await app.inject('/');
  await app.close();
  const ofHelmet = Object.entries(headers).filter(
    ([name]) => !['content-length', 'content-type', 'date', 'connection'].includes(name),
  );
  return Object.fromEntries(ofHelmet) as Record<string, string>;
};
