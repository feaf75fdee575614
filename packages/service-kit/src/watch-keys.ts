import type { KeyRing } from '@plinth/auth';
import { watchSetting } from '@plinth/config';
import type { Logger } from '@plinth/logger';
import type { SecurityEvents } from './security-events.ts';
import { serviceSettings } from './settings.ts';

type Deps = { readonly keys: KeyRing; readonly security: SecurityEvents; readonly logger: Logger };

/**
 * Replaces the keys when the file that `AUTH_JWKS_FILE` names changes. A file that cannot be used changes nothing.
 * @returns a function that stops watching.
 */
export const watchKeys = ({ keys, security, logger }: Deps): (() => void) =>
  watchSetting('AUTH_JWKS', serviceSettings.AUTH_JWKS, {
    onChange: (jwks) => {
      const { added, retired } = keys.replace(jwks);
      for (const kid of added) security.record('key-added', kid, { kid });
      for (const kid of retired) security.record('key-retired', kid, { kid });
    },
    onInvalid: ({ name, problem }) => logger.error('keys-not-replaced', { setting: name, problem }),
  });
