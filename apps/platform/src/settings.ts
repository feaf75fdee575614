import { flag, text } from '@plinth/config';
import { serviceSettings } from '@plinth/service-kit';

export const platformSettings = {
  ...serviceSettings,
  DEMO_DATA: flag().default(false).meta({
    description: 'Adds two organizations, each with an owner, a member and a viewer; for development.',
  }),
  CONSOLE_DIR: text(/^\//).optional().meta({
    description: 'The folder of the built console, which is then served at /. Without it, no console is served.',
    expects: 'an absolute path',
    example: '/repo/apps/console/dist',
  }),
};

/** The settings of `npm run db` and `npm run messages`, and so all that a migration job needs. */
export const databaseSettings = {
  NODE_ENV: serviceSettings.NODE_ENV,
  ALLOW_INSECURE: serviceSettings.ALLOW_INSECURE,
  NODE_TLS_REJECT_UNAUTHORIZED: serviceSettings.NODE_TLS_REJECT_UNAUTHORIZED,
  MONGODB_URI: serviceSettings.MONGODB_URI,
  MONGODB_TLS_CA: serviceSettings.MONGODB_TLS_CA,
  MONGODB_TLS_CERTIFICATE: serviceSettings.MONGODB_TLS_CERTIFICATE,
  MONGODB_TLS_KEY: serviceSettings.MONGODB_TLS_KEY,
  MONGODB_POOL_SIZE: serviceSettings.MONGODB_POOL_SIZE,
  MONGODB_DATABASE_PREFIX: serviceSettings.MONGODB_DATABASE_PREFIX,
};
