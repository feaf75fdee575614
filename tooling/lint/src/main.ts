import { fileURLToPath } from 'node:url';
import { checks, sawAll } from './checks.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

const results = await Promise.all(
  checks.map(async ({ name, run }) => {
    const start = performance.now();
    const report = await run(root);
    return { name, ms: Math.round(performance.now() - start), report, passes: report.ok && sawAll(report) };
  }),
);

for (const { name, ms, report, passes } of results) {
  console.log(`\n== ${name}: ${passes ? 'ok' : 'FAILED'} (${ms} ms)\n${report.output.trim()}`);
  if (!sawAll(report)) console.log(`${name} looked at ${report.seen} of ${report.expected}: it is misconfigured.`);
}

process.exitCode = results.every(({ passes }) => passes) ? 0 : 1;
