import { load } from '@plinth/config';
import { createLocalLimiter, type LimitDecision } from '@plinth/data-kit';
import { anId } from '@plinth/testing';
import { expect, it } from 'vitest';
import { limitPartsOf } from './limit-parts.ts';
import { limitSettings } from './limit-settings.ts';
import type { ServiceConfig } from './settings.ts';

const configOf = (env: Record<string, string> = {}) => load(limitSettings, env) as unknown as ServiceConfig;

it('the numbers are those of the settings, for a minute', () => {
  const config = configOf({ LIMIT_PRO_PER_MINUTE: '1200' });
  const { policies } = limitPartsOf({ config, connections: [], planOf: undefined });
  expect(policies.ip).toEqual({ name: 'ip', quota: 3000, windowSeconds: 60 });
  expect(policies.plans.pro).toEqual({ name: 'subject', quota: 1200, windowSeconds: 60 });
});

it('a tenant whose plan nobody knows has the default plan', () => {
  const paying = anId();
  const planOf = (tenantId: string) => (tenantId === paying ? ('pro' as const) : undefined);
  const parts = limitPartsOf({ config: configOf(), connections: [], planOf });
  expect([parts.planOf(paying), parts.planOf(anId())]).toEqual(['pro', 'free']);
  const config = configOf({ LIMIT_DEFAULT_PLAN: 'enterprise' });
  expect(limitPartsOf({ config, connections: [], planOf: undefined }).planOf(anId())).toBe('enterprise');
});

it('the buckets are those that a connection shares; without one, this process has its own', () => {
  const limiter = createLocalLimiter({ nowMs: () => 0 });
  const parts = { config: configOf(), planOf: undefined };
  expect(limitPartsOf({ ...parts, connections: [{}, { limiter }] }).limiter).toBe(limiter);
  const own = limitPartsOf({ ...parts, connections: [{}] });
  expect((own.limiter.take(own.policies.ip, 'ada') as LimitDecision).remaining).toBe(2999);
});
