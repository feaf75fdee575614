import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { startTracing, type Tracing } from '../src/index.ts';

let tracing: Tracing | undefined;
afterEach(() => tracing?.stop());

type Settings = { readonly NODE_ENV?: string; readonly OTEL_TRACES_SAMPLER_ARG: number | undefined };

const traceIds = Array.from({ length: 4000 }, () => randomBytes(16).toString('hex'));

/** The trace ids that are recorded. `parent` is that of a trace that was received with the request. */
const getRecorded = async (settings: Settings, parent?: { readonly sampled: boolean }): Promise<string[]> => {
  await tracing?.stop();
  const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' };
  tracing = startTracing('test', { NODE_ENV: 'test', OTEL_TRACING: true, ...endpoint, ...settings });
  return traceIds.filter((traceId) => {
    const trace = { traceId, spanId: traceId.slice(16), sampled: parent?.sampled ?? false };
    return tracing?.startRequest({ method: 'GET', route: '/', trace, isJoined: parent !== undefined }) !== undefined;
  });
};
const ratio = (OTEL_TRACES_SAMPLER_ARG: number) => ({ OTEL_TRACES_SAMPLER_ARG });

describe('a trace is recorded', () => {
  it('always with ratio 1 and never with 0', async () => {
    expect(await getRecorded(ratio(1))).toEqual(traceIds);
    expect(await getRecorded(ratio(0))).toEqual([]);
  });

  it('about as often as the ratio says', async () => {
    const { length } = await getRecorded(ratio(0.1));
    expect(length).toBeGreaterThan(traceIds.length * 0.07);
    expect(length).toBeLessThan(traceIds.length * 0.13);
  });

  it('by its id alone, so that every service makes the same decision', async () => {
    const tenth = await getRecorded(ratio(0.1));
    expect(await getRecorded(ratio(0.1), { sampled: true })).toEqual(tenth);
    expect(await getRecorded(ratio(0.5))).toEqual(expect.arrayContaining(tenth));
  });

  it('never when the client does not record it', async () => {
    expect(await getRecorded(ratio(1), { sampled: false })).toEqual([]);
  });

  it('in a tenth of the cases in production and always elsewhere, unless set', async () => {
    const unset = { OTEL_TRACES_SAMPLER_ARG: undefined };
    const tenth = await getRecorded(ratio(0.1));
    expect(await getRecorded({ NODE_ENV: 'production', ...unset })).toEqual(tenth);
    expect(await getRecorded({ NODE_ENV: 'development', ...unset })).toEqual(traceIds);
  });
});
