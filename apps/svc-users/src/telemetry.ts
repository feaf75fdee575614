import { loadOrExit } from '@plinth/config';
import { serviceSettings } from '@plinth/service-kit';
import { startTracing } from '@plinth/telemetry';

// The first import of `main.ts`, and free of drivers: a driver that is loaded before tracing begins has no spans.

export const config = loadOrExit(serviceSettings);
export const tracing = startTracing('svc-users', config);
