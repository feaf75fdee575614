import { load } from '@plinth/config';
import { describe, expect, it } from 'vitest';
import { limitSettings } from './limit-settings.ts';

const { TRUST_PROXY, REDIS_KEY_PREFIX } = limitSettings;

describe('TRUST_PROXY', () => {
  const read = (value: string) => load({ TRUST_PROXY }, { TRUST_PROXY: value }).TRUST_PROXY;

  it('names networks', () => {
    expect(read('10.0.0.0/8')).toEqual(['10.0.0.0/8']);
    expect(read('127.0.0.1/32, fd00::/8,::1/128')).toEqual(['127.0.0.1/32', 'fd00::/8', '::1/128']);
    expect(load({ TRUST_PROXY }, {}).TRUST_PROXY).toBeUndefined();
  });

  it.each(['true', '1', 'loopback', '*', '10.0.0.1', '10.0.0.0/33', '10.0.0.0/8,', '0.0.0.0/0', '::/0', 'fd00::/129'])(
    'is not %s: who may say where a request comes from is said exactly',
    (value) => {
      expect(() => read(value)).toThrow('TRUST_PROXY is not networks in CIDR form');
    },
  );
});

it('without settings, the limits are those of the standard', () => {
  expect(load(limitSettings, {})).toEqual({
    LIMIT_IP_PER_MINUTE: 3000,
    LIMIT_ANONYMOUS_PER_MINUTE: 60,
    LIMIT_FREE_PER_MINUTE: 300,
    LIMIT_PRO_PER_MINUTE: 1000,
    LIMIT_ENTERPRISE_PER_MINUTE: 600_000,
    LIMIT_SENSITIVE_PER_MINUTE: 10,
    LIMIT_DEFAULT_PLAN: 'free',
    REDIS_KEY_PREFIX: undefined,
    TRUST_PROXY: undefined,
  });
});

it('a prefix of keys cannot hold what Redis gives a meaning', () => {
  expect(load({ REDIS_KEY_PREFIX }, { REDIS_KEY_PREFIX: 'staging:' }).REDIS_KEY_PREFIX).toBe('staging:');
  expect(() => load({ REDIS_KEY_PREFIX }, { REDIS_KEY_PREFIX: '{a}*' })).toThrow('REDIS_KEY_PREFIX');
});
