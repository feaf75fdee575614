import { loadOrExit } from '@plinth/config';
import { startTracing } from '@plinth/telemetry';
import { platformSettings } from './settings.ts';

// The first import of `main.ts`, and free of drivers: a driver that is loaded before tracing begins has no spans.

export const config = loadOrExit(platformSettings);
export const tracing = startTracing('platform', config);
