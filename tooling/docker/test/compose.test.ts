import { readFile } from 'node:fs/promises';
import { listLocalPortSettings, serviceSettings, toWorkerSettings } from '@plinth/service-kit';
import { identityModule } from '@plinth/svc-identity/module';
import { ordersModule } from '@plinth/svc-orders/module';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { root } from './paths.ts';

type Service = {
  image: string;
  build?: { context: string; dockerfile: string; args: Record<string, string> };
  command?: string[];
  environment?: Record<string, string>;
  ports?: string[];
  volumes?: string[];
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test: string[] };
  stop_grace_period?: string;
  read_only?: boolean;
  cap_drop?: string[];
  security_opt?: string[];
};

describe('docker-compose.yml', async () => {
  const { services } = parse(await readFile(`${root}/docker-compose.yml`, 'utf8')) as {
    services: Record<string, Service>;
  };
  const { mongodb, redis, platform, worker } = services as Record<'mongodb' | 'redis' | 'platform' | 'worker', Service>;
  const apps = { platform, worker };

  it('opens every port to this machine only', () => {
    const ports = Object.values(services).flatMap((service) => service.ports ?? []);
    expect(ports).toHaveLength(3);
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  });

  it('pins the version of each database', () => {
    for (const { image } of [mongodb, redis]) expect(image).toMatch(/:\d+\.\d+\.\d+(@sha256:[0-9a-f]{64})?$/);
  });

  it('runs a replica set, in which the transaction of a killed process holds its locks for five seconds at most', () => {
    expect(mongodb.command).toEqual(expect.arrayContaining(['--replSet', 'transactionLifetimeLimitSeconds=5']));
  });

  it('runs a Redis that evicts nothing and persists everything', () => {
    const command = redis.command?.join(' ');
    expect(command).toContain('--maxmemory-policy noeviction');
    expect(command).toContain('--appendonly yes');
  });

  it.each([
    ['platform', { ...serviceSettings, ...listLocalPortSettings([identityModule]) }],
    ['worker', toWorkerSettings([ordersModule, identityModule])],
  ] as const)('passes only existing settings to the %s, and every required one', (name, settings) => {
    const passed = Object.keys(apps[name].environment ?? {});
    const required = Object.entries(settings).filter(([, schema]) => !schema.safeParse(undefined).success);
    expect(passed.filter((setting) => !Object.hasOwn(settings, setting))).toEqual([]);
    expect(passed).toEqual(expect.arrayContaining(required.map(([setting]) => setting)));
  });

  it('does not start without its secrets', () => {
    for (const name of ['AUTH_JWKS', 'CURSOR_SECRET', 'IDENTITY_SIGNING_KEY', 'IDENTITY_SECRET'])
      expect(platform.environment?.[name]).toMatch(/^\$\{[A-Z_]+:\?/);
    for (const name of ['AUDIT_SIGNING_KEY', 'STRIPE_SECRET_KEY', 'MAIL_URL', 'IDENTITY_SECRET']) {
      expect(worker.environment?.[name]).toMatch(/^\$\{[A-Z_]+:\?/);
    }
    expect(worker.environment?.['CURSOR_SECRET']).toBe(platform.environment?.['CURSOR_SECRET']);
  });

  it.each(Object.entries(apps))('builds the image of the %s by its name', (name, { build, image }) => {
    expect(build).toEqual({ context: '.', dockerfile: 'tooling/docker/Dockerfile', args: { APP: name } });
    expect(image).toBe(`plinth/${name}`);
  });

  it.each(Object.entries(apps))(
    'starts the %s when both databases are healthy, and leaves its health check to the image',
    (_, app) => {
      expect(app.depends_on).toEqual({
        mongodb: { condition: 'service_healthy' },
        redis: { condition: 'service_healthy' },
      });
      expect(app.healthcheck).toBeUndefined();
    },
  );

  it('checks the health of the databases, and of the worker on the port of its metrics, which stays closed outside', () => {
    for (const { healthcheck } of [mongodb, redis]) expect(healthcheck?.test[0]).toBe('CMD');
    expect(worker.environment?.['METRICS_PORT']).toBe('9464');
    expect(worker.ports).toBeUndefined();
  });

  it.each(Object.entries(apps))('runs the %s without capabilities, on files that it cannot write', (_, app) => {
    expect(app).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] });
    expect(app.volumes).toBeUndefined();
    expect(Number.parseInt(app.stop_grace_period ?? '', 10)).toBeGreaterThan(10);
  });
});
