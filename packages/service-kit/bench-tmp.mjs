import { requestTelemetryOf, goOn } from './src/http/telemetry.ts';
import { createMetrics, startTracing } from '@plinth/telemetry';
import { systemIds } from './src/system.ts';
import { tracingChannel } from 'node:diagnostics_channel';
import { spawn } from 'node:child_process';
import Fastify from 'fastify';
const sink = spawn(process.execPath, ['-e', "const s=require('http').createServer((q,r)=>{q.resume();q.on('end',()=>r.end('{}'))}).listen(0,'127.0.0.1',()=>console.log(s.address().port))"], { stdio: ['ignore', 'pipe', 'inherit'] });
const port = await new Promise((r) => sink.stdout.once('data', (d) => r(String(d).trim())));
const contract = { method: 'GET', path: '/v1/users/:id' };
const modules = [{ name: 'users', contracts: [{ routes: { a: contract } }] }];
const app = Fastify();
let request, reply;
app.get('/v1/users/:id', { config: { contract } }, (q, r) => { request = q; reply = r; r.send('a'); });
await app.inject('/v1/users/1');
const channel = tracingChannel('ioredis:command');
const command = () => channel.hasSubscribers ? channel.tracePromise(async () => 1, { command: 'find', serverAddress: '127.0.0.1', serverPort: 27017 }) : Promise.resolve(1);
const one = async (t) => {
  const { trace, span } = t.begin(request); request.scope = { trace, span, code: undefined };
  let p; goOn(request, () => { goOn(request, () => { p = command(); }); });
  await p;
  t.end(request, reply, { status: 200, durationMs: 3 });
};
const measure = async (t, n, rest) => { const best = []; for (let r = 0; r < 9; r++) { const c = process.cpuUsage(); for (let i = 0; i < n; i++) { await one(t); if (i % 400 === 399) await new Promise((r) => setTimeout(r, rest)); } if (rest) await new Promise((r) => setTimeout(r, 1300)); const u = process.cpuUsage(c); best.push((u.user + u.system) / n); } best.sort((a, b) => a - b); return `min ${best[0].toFixed(2)} median ${best[4].toFixed(2)} µs`; };
console.log('off         ', await measure(requestTelemetryOf({ modules, ids: systemIds, metrics: createMetrics() }), 20000, 0));
for (const ratio of [0, 0.1, 1]) {
  const tracing = startTracing('x', { OTEL_TRACING: true, OTEL_TRACES_SAMPLER_ARG: ratio, OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` });
  const on = requestTelemetryOf({ modules, ids: systemIds, metrics: createMetrics(), tracing });
  console.log('ratio', ratio, await measure(on, 8000, ratio === 0 ? 0 : 60), JSON.stringify(tracing.counts()));
  await tracing.stop();
}
sink.kill(); process.exit(0);
