import { collectLines, createLogger } from '@plinth/logger';
import { createMetrics } from '@plinth/telemetry';
import { readValue } from '@plinth/telemetry/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createSecurityEvents } from './security-events.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const setUp = () => {
  const lines = collectLines();
  const logger = createLogger({ level: 'error', service: 'test', classified: new Map(), destination: lines });
  const metrics = createMetrics();
  return { lines, metrics, security: createSecurityEvents({ logger, metrics }) };
};

const minute = 60_000;

describe('security events', () => {
  it('are written to their stream with their fields, whatever the level of the log', () => {
    const { lines, security } = setUp();
    security.record('permission-denied', 'acme ada', { permission: 'users:write', actorId: 'ada' });
    expect(lines.records()).toMatchObject([
      { stream: 'security', event: 'permission-denied', permission: 'users:write', actorId: 'ada' },
    ]);
  });

  it('of one source are written once in a minute, with the number of the others at its end', () => {
    const { lines, security } = setUp();
    const fields = { kid: 'k1', clientAddress: '203.0.113.1' };
    for (let count = 0; count < 2000; count += 1) security.signInFailed('signature', '203.0.113.1', fields);
    expect(lines.records()).toHaveLength(1);
    vi.advanceTimersByTime(minute);
    const line = { stream: 'security', event: 'sign-in-failed', reason: 'signature', ...fields };
    expect(lines.records()).toMatchObject([line, { ...line, repeated: 1999 }]);
    vi.advanceTimersByTime(10 * minute);
    expect(lines.records()).toHaveLength(2);
    security.signInFailed('signature', '203.0.113.1', fields);
    expect(lines.records()).toHaveLength(3);
  });

  it('of other sources, reasons and names have lines of their own', () => {
    const { lines, security } = setUp();
    security.signInFailed('signature', '203.0.113.1', {});
    security.signInFailed('signature', '203.0.113.2', {});
    security.signInFailed('revoked', '203.0.113.1', {});
    security.record('export-started', '203.0.113.1', {});
    expect(lines.records()).toHaveLength(4);
  });

  it('boundary: from any number of sources they are a bounded number of lines, and none is lost from the counts', async () => {
    const { lines, metrics, security } = setUp();
    for (let count = 0; count < 100_000; count += 1) security.signInFailed('malformed', `source ${count}`, {});
    expect(lines.records()).toHaveLength(500);
    vi.advanceTimersByTime(minute);
    expect(lines.records().slice(500)).toMatchObject([{ event: 'sign-in-failed', source: 'others', repeated: 99_500 }]);
    expect(await readValue(metrics, { name: 'security_events_total', labels: { event: 'sign-in-failed' } })).toBe(
      100_000,
    );
    expect(await readValue(metrics, { name: 'sign_in_failures_total', labels: { reason: 'malformed' } })).toBe(100_000);
  });

  it('in a flood from many sources hide no event of another name', () => {
    const { lines, security } = setUp();
    for (let count = 0; count < 1000; count += 1) security.signInFailed('malformed', `source ${count}`, {});
    security.record('export-started', 'acme ada', { actorId: 'ada' });
    expect(lines.records().slice(500)).toMatchObject([{ event: 'export-started', actorId: 'ada' }]);
  });

  it('that were only counted are written when the process stops', () => {
    const { lines, security } = setUp();
    for (let count = 0; count < 3; count += 1) security.signInFailed('expired', '203.0.113.1', {});
    security.stop();
    expect(lines.records()).toMatchObject([{ reason: 'expired' }, { reason: 'expired', repeated: 2 }]);
    vi.advanceTimersByTime(10 * minute);
    expect(lines.records()).toHaveLength(2);
  });
});
