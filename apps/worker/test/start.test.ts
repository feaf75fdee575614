import { randomBytes } from 'node:crypto';
import { generateSigningKey } from '@plinth/auth';
import { getFreePort } from '@plinth/testing';
import { type Child, createServiceSettings, nodeCommand, startChild } from '@plinth/testing/process';
import { describe, expect, it, onTestFinished } from 'vitest';

const main = new URL('../src/main.ts', import.meta.url);

const AUDIT_SIGNING_KEY = JSON.stringify(await generateSigningKey());

const STRIPE_SECRET_KEY = `sk_live_${randomBytes(24).toString('base64url')}`;

/** The server is not called: no message is sent. */
const mail = { MAIL_URL: 'smtps://plinth:word@127.0.0.1:465', MAIL_FROM: 'no-reply@test.example' };

const startMain = (settings: Readonly<Record<string, string>> = {}, ...args: readonly string[]): Child => {
  const child = startChild(nodeCommand(main, ...args), {
    env: { ...createServiceSettings(), ...mail, AUDIT_SIGNING_KEY, ...settings },
  });
  onTestFinished(async () => void (await child.end()));
  return child;
};

describe('the worker process', () => {
  it('serves probes and metrics, logs what it runs, and ends with 0 on SIGTERM', async () => {
    const port = String(await getFreePort());
    const child = startMain({ METRICS_PORT: port, WORKER_MODULES: 'orders' });
    expect(await child.request()).toBe('ready');
    const ready = await fetch(`http://127.0.0.1:${port}/health/ready`);
    expect([ready.status, await ready.json()]).toEqual([200, { status: 'ready' }]);
    const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    expect(metrics).toContain('# TYPE messages_ready gauge');
    expect(await child.end('SIGTERM')).toEqual([0, null]);
    expect(child.combinedOutput()).toContain('working');
  });

  it('starts without Redis, and says that it is degraded', async () => {
    const port = String(await getFreePort());
    const child = startMain({ METRICS_PORT: port, REDIS_URL: 'redis://127.0.0.1:1' });
    expect(await child.request()).toBe('ready');
    const ready = await fetch(`http://127.0.0.1:${port}/health/ready`);
    expect([ready.status, await ready.json()]).toEqual([200, { status: 'ready', degraded: ['queues'] }]);
    expect(await child.end('SIGTERM')).toEqual([0, null]);
  });

  it('names a module that does not exist, before it connects to anything', async () => {
    const child = startMain({ WORKER_MODULES: 'orders,lamps', MONGODB_URI: 'mongodb://127.0.0.1:1' });
    expect(await child.exited).toEqual([1, null]);
    expect(child.output.stderr).toMatch(
      /^\nWORKER_MODULES names 'lamps', which is no module\. Use names among .*orders.*\n\n$/,
    );
  });

  it('needs a key for the audit trail, before it connects to anything, and none where that runs elsewhere', async () => {
    const settings = { AUDIT_SIGNING_KEY: '', MONGODB_URI: 'mongodb://127.0.0.1:1' };
    const child = startMain({ ...settings, NODE_ENV: 'production', STRIPE_SECRET_KEY });
    expect(await child.exited).toEqual([1, null]);
    expect(child.output.stderr).toMatch(
      /^\nThe module 'audit' needs a key to sign with\. Set AUDIT_SIGNING_KEY, or .*\n\n$/,
    );
    expect(await startMain({ ...settings, WORKER_MODULES: 'orders' }, '--check').exited).toEqual([0, null]);
  });

  it('needs a payment provider in production, before it connects to anything, and none where orders run elsewhere', async () => {
    const settings = { NODE_ENV: 'production', MONGODB_URI: 'mongodb://127.0.0.1:1' };
    const child = startMain(settings);
    expect(await child.exited).toEqual([1, null]);
    expect(child.output.stderr).toMatch(
      /^\nThe module 'orders' charges orders and has no payment provider\. Set STRIPE_SECRET_KEY, or .*\n\n$/,
    );
    const checks = [{ STRIPE_SECRET_KEY }, { WORKER_MODULES: 'users,audit' }];
    for (const own of checks) expect(await startMain({ ...settings, ...own }, '--check').exited).toEqual([0, null]);
  });

  it('needs a mail server in production, before it connects to anything, and none where identities run elsewhere', async () => {
    const settings = { NODE_ENV: 'production', MONGODB_URI: 'mongodb://127.0.0.1:1', STRIPE_SECRET_KEY, MAIL_URL: '' };
    const child = startMain(settings);
    expect(await child.exited).toEqual([1, null]);
    expect(child.output.stderr).toMatch(/^\nA module of this worker sends mail, .* Set MAIL_URL, or .*\n\n$/);
    const elsewhere = { ...settings, WORKER_MODULES: 'users', IDENTITY_SECRET: '', IDENTITY_SIGNING_KEY: '' };
    expect(await startMain(elsewhere, '--check').exited).toEqual([0, null]);
  });

  it('ends with 0 for --check', async () => {
    expect(await startMain({ MONGODB_URI: 'mongodb://127.0.0.1:1' }, '--check').exited).toEqual([0, null]);
  });
});
