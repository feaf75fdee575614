import { ConfigError, load } from '@plinth/config';
import { describe, expect, it } from 'vitest';
import { environments, fillSecret, read, readConfigMap } from './manifests.ts';
import { describeAllSettings, getAllSettings, isSecret } from './settings.ts';

const settings = await getAllSettings();
const infos = await describeAllSettings();
const secret = read<{ metadata: { name: string }; stringData: Record<string, string> }>('secret.template.yaml');

const invalidNames = (env: Record<string, string>): string[] => {
  try {
    load(settings, env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.issues.map(({ name }) => name);
    throw error;
  }
};

const secretNames = infos.filter(isSecret).map(({ name }) => name);

describe('the Secret', () => {
  it('has every secret that is required, and nothing that belongs to the ConfigMap', () => {
    const required = infos.filter((info) => isSecret(info) && info.required).map(({ name }) => name);
    expect(Object.keys(secret.stringData)).toEqual(expect.arrayContaining(required));
    expect(Object.keys(secret.stringData).filter((name) => !secretNames.includes(name))).toEqual([]);
  });

  it('is the only place of secrets, keys and addresses with passwords', () => {
    expect(secretNames).toEqual(expect.arrayContaining(['MONGODB_URI', 'REDIS_URL', 'AUTH_JWKS', 'CURSOR_SECRET']));
    expect(secretNames).not.toContain('PUBLIC_URL');
    const config = environments.flatMap((environment) => Object.keys(readConfigMap(environment)));
    expect(config.filter((name) => secretNames.includes(name))).toEqual([]);
  });
});

describe.each(environments)('%s', (environment) => {
  const config = readConfigMap(environment);

  it('has only settings that exist, and every one that is required', async () => {
    expect(Object.keys(config).filter((name) => !Object.hasOwn(settings, name))).toEqual([]);
    const loaded = load(settings, { ...config, ...(await fillSecret()) });
    expect(loaded).toMatchObject({ NODE_ENV: 'production', HOST: '0.0.0.0', PORT: 3000, DEMO_DATA: false });
    expect(config['PUBLIC_URL']).toMatch(/^https:/);
  });

  it('boundary: starts nothing with the template of the Secret, and names every setting to fill in', () => {
    expect(new Set(Object.values(secret.stringData))).toEqual(new Set(['REPLACE_ME']));
    const required = infos.filter((setting) => setting.required && isSecret(setting));
    expect(invalidNames({ ...config, ...secret.stringData }).sort()).toEqual(required.map(({ name }) => name).sort());
  });
});
