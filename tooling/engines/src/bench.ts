// `npm run bench [-- arguments]`: the benchmarks, on engines whose data goes away afterwards.
import { runOnEngines } from './on-engines.ts';

await runOnEngines('tooling/benchmarks/src/main.ts');
