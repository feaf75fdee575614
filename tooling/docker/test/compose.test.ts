import { readFile } from 'node:fs/promises';
import { serviceSettings } from '@plinth/service-kit';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { only, parseDockerfile, type Stage } from '../src/dockerfile.ts';
import { dockerfile, root } from './paths.ts';

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

  it('runs databases of one version each, so that a pull changes nothing', () => {
    for (const { image } of [mongodb, redis]) expect(image).toMatch(/:\d+\.\d+\.\d+$/);
  });

  it('runs a replica set, whose transactions hold no lock for longer than five seconds after their process is gone', () => {
    expect(mongodb.command).toEqual(expect.arrayContaining(['--replSet', 'transactionLifetimeLimitSeconds=5']));
  });

  it('runs a Redis that drops nothing of its own accord, and keeps it', () => {
    const command = redis.command?.join(' ');
    expect(command).toContain('--maxmemory-policy noeviction');
    expect(command).toContain('--appendonly yes');
  });

  it('gives the platform settings that exist, and every one that is required', () => {
    const given = Object.keys(platform.environment ?? {});
    const required = Object.entries(serviceSettings).filter(([, schema]) => !schema.safeParse(undefined).success);
    expect(given.filter((name) => !Object.hasOwn(serviceSettings, name))).toEqual([]);
    expect(given).toEqual(expect.arrayContaining(required.map(([name]) => name)));
  });

  it('does not start without its secrets', () => {
    for (const name of ['AUTH_JWKS', 'CURSOR_SECRET']) expect(platform.environment?.[name]).toMatch(/^\$\{[A-Z_]+:\?/);
  });

  it('starts the platform when both databases are healthy, and asks the image whether it is', async () => {
    expect(platform.depends_on).toEqual({
      mongodb: { condition: 'service_healthy' },
      redis: { condition: 'service_healthy' },
    });
    for (const { healthcheck } of [mongodb, redis]) expect(healthcheck?.test[0]).toBe('CMD');
    expect(platform.healthcheck).toBeUndefined();
    const last = parseDockerfile(await readFile(dockerfile, 'utf8')).at(-1) as Stage;
    expect(only(last, 'HEALTHCHECK').text).toContain('/health/ready');
  });

  it('takes from the platform what it does not need', () => {
    expect(platform).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] });
    expect(platform.volumes).toBeUndefined();
  });
});
