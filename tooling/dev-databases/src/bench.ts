// `npm run bench [-- arguments]`: the benchmarks, on engines whose data goes away afterwards.
import { runOnDatabases } from './on-databases.ts';

await runOnDatabases('tooling/benchmarks/src/main.ts');
