import { serviceSettings } from './settings.ts';

/** The settings of `npm run db` and `npm run jobs`, and so all that a migration job needs. */
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
