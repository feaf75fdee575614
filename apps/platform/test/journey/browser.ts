import { runJourney } from './journey.ts';
import { createClient } from './service-actions.ts';

Object.assign(globalThis, { runJourney, createClient });
