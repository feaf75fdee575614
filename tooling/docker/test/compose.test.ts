import { readFile } from 'node:fs/promises';
import { serviceSettings } from '@plinth/service-kit';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { root } from './paths.ts';

type Service = {
  image: string;
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
  const { mongodb, redis, platform } = services as { mongodb: Service; redis: Service; platform: Service };

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

  it('passes settings to the platform that exist, and every one that is required', () => {
    const passed = Object.keys(platform.environment ?? {});
    const required = Object.entries(serviceSettings).filter(([, schema]) => !schema.safeParse(undefined).success);
    expect(passed.filter((name) => !Object.hasOwn(serviceSettings, name))).toEqual([]);
    expect(passed).toEqual(expect.arrayContaining(required.map(([name]) => name)));
  });

  it('does not start without its secrets', () => {
    for (const name of ['AUTH_JWKS', 'CURSOR_SECRET']) expect(platform.environment?.[name]).toMatch(/^\$\{[A-Z_]+:\?/);
  });

  it('starts the platform when both databases are healthy, and leaves its health check to the image', () => {
    expect(platform.depends_on).toEqual({
      mongodb: { condition: 'service_healthy' },
      redis: { condition: 'service_healthy' },
    });
    for (const { healthcheck } of [mongodb, redis]) expect(healthcheck?.test[0]).toBe('CMD');
    expect(platform.healthcheck).toBeUndefined();
  });

  it('runs the platform without capabilities, on files that it cannot write', () => {
    expect(platform).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] });
    expect(platform.volumes).toBeUndefined();
  });
});
