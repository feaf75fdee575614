import { load } from '@plinth/config';
import { describe, expect, it } from 'vitest';
import { limitSettings } from './limit-settings.ts';

const { TRUST_PROXY, REDIS_KEY_PREFIX } = limitSettings;

describe('TRUST_PROXY', () => {
  const read = (value: string) => load({ TRUST_PROXY }, { TRUST_PROXY: value }).TRUST_PROXY;

  it('accepts networks', () => {
    expect(read('10.0.0.0/8')).toEqual(['10.0.0.0/8']);
    expect(read('127.0.0.1/32, fd00::/8,::1/128')).toEqual(['127.0.0.1/32', 'fd00::/8', '::1/128']);
    expect(load({ TRUST_PROXY }, {}).TRUST_PROXY).toBeUndefined();
  });

  it.each(['true', '1', 'loopback', '*', '10.0.0.1', '10.0.0.0/33', '10.0.0.0/8,', 'fd00::/129'])(
    'rejects %s, which is not a network in CIDR form',
    (value) => {
      expect(() => read(value)).toThrow('TRUST_PROXY is not valid. Set it to networks in CIDR form');
    },
  );

  it.each(['0.0.0.0/0', '10.0.0.0/8,::/0'])('rejects %s, which would let every client choose its address', (value) => {
    expect(() => read(value)).toThrow('TRUST_PROXY has a network of every address. Set it to networks in CIDR form');
  });
});

it('the limits have defaults', () => {
  expect(load(limitSettings, {})).toEqual({
    LIMIT_IP_PER_MINUTE: 3000,
    LIMIT_ANONYMOUS_PER_MINUTE: 60,
    LIMIT_ACCOUNT_PER_HOUR: 30,
    LIMIT_FREE_PER_MINUTE: 300,
    LIMIT_PRO_PER_MINUTE: 1000,
    LIMIT_ENTERPRISE_PER_MINUTE: 600_000,
    LIMIT_FREE_KEYS_PER_DAY: 10_000,
    LIMIT_PRO_KEYS_PER_DAY: 100_000,
    LIMIT_ENTERPRISE_KEYS_PER_DAY: 100_000_000,
    LIMIT_FREE_ROWS: 10_000,
    LIMIT_PRO_ROWS: 100_000,
    LIMIT_ENTERPRISE_ROWS: 10_000_000,
    LIMIT_SENSITIVE_PER_MINUTE: 10,
    LIMIT_TENANT_FACTOR: 10,
    LIMIT_DEFAULT_PLAN: 'free',
    REDIS_KEY_PREFIX: undefined,
    TRUST_PROXY: undefined,
  });
});

it('REDIS_KEY_PREFIX rejects the special characters of Redis', () => {
  expect(load({ REDIS_KEY_PREFIX }, { REDIS_KEY_PREFIX: 'staging:' }).REDIS_KEY_PREFIX).toBe('staging:');
  expect(() => load({ REDIS_KEY_PREFIX }, { REDIS_KEY_PREFIX: '{a}*' })).toThrow('REDIS_KEY_PREFIX');
});
