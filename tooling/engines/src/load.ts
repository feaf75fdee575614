// `npm run load -- smoke|stress|soak [arguments]`: k6 against a platform, on engines whose data goes away afterwards.
import { runOnEngines } from './on-engines.ts';

await runOnEngines('tooling/load/src/main.ts');
