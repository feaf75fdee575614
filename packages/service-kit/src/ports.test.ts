import { text } from '@plinth/config';
import { createOutbound } from '@plinth/outbound';
import { createMetrics } from '@plinth/telemetry';
import { expect, it } from 'vitest';
import { listLocalPortSettings, listPortSettings, openLocalPorts, openPorts } from './ports.ts';
import { assertRunnable } from './worker/worker.ts';

const outbound = createOutbound({ metrics: createMetrics() });
const lamps = {
  name: 'lamps',
  ports: { settings: { LAMP_URL: text() }, open: async ({ LAMP_URL }: { LAMP_URL: string }) => ({ lamp: LAMP_URL }) },
};
const modules = [{ name: 'users' }, lamps];

it('the ports of a module are opened with their settings, and a module without ports has none', async () => {
  expect(Object.keys(listPortSettings(modules))).toEqual(['LAMP_URL']);
  const ports = await openPorts(modules, { LAMP_URL: 'http://lamp', PORT: 3000 }, { outbound });
  expect(ports).toEqual({ lamps: { lamp: 'http://lamp' } });
});

it('rejects with the error of a port', async () => {
  const broken = { ...lamps, ports: { ...lamps.ports, open: () => Promise.reject(new Error('LAMP_URL is missing.')) } };
  await expect(openPorts([broken], {}, { outbound })).rejects.toThrow('LAMP_URL is missing.');
});

it('a worker does not run a module whose ports are not open', () => {
  const runnable = { modules: modules as never, runs: ['lamps'] };
  expect(() => assertRunnable(runnable)).toThrow("The ports of the module 'lamps' are not open.");
  assertRunnable({ ...runnable, ports: { lamps: {} } });
  assertRunnable({ ...runnable, runs: ['users'] });
});

it('the local ports of a module are opened with their settings, and a worker does not run it without them', async () => {
  const hashers = {
    name: 'hashers',
    localPorts: { settings: { COST: text() }, open: ({ COST }: { COST: string }) => ({ hash: COST }) },
  };
  expect(Object.keys(listLocalPortSettings([...modules, hashers]))).toEqual(['COST']);
  expect(await openLocalPorts([...modules, hashers], { COST: '3' })).toEqual({ hashers: { hash: '3' } });
  const runnable = { modules: [hashers] as never, runs: ['hashers'] };
  expect(() => assertRunnable(runnable)).toThrow("The local ports of the module 'hashers' are not open.");
  assertRunnable({ ...runnable, localPorts: { hashers: {} } });
});
