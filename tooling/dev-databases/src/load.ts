// `npm run load -- smoke|stress|soak [arguments]`: k6 against a platform, on engines whose data goes away afterwards.
import { runOnDatabases } from './on-databases.ts';

await runOnDatabases('tooling/load/src/main.ts');
