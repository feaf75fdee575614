import { ConfigError, load } from '@plinth/config';
import { checkSettings, databaseSettings } from '@plinth/service-kit';
import { describe, expect, it } from 'vitest';
import {
  environments,
  fillSecrets,
  keySecret,
  migrationSecret,
  mountKeys,
  readConfigMap,
  secret,
} from './manifests.ts';
import { describeAllSettings, getAllSettings, isSecret } from './settings.ts';

const settings = await getAllSettings();
const infos = await describeAllSettings();

const invalidNames = (env: Record<string, string>): string[] => {
  try {
    load(settings, env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.issues.map(({ name }) => name);
    throw error;
  }
};

/** The setting that a variable gives, as its value or as the file of its value. */
const toSettingName = (variable: string): string => variable.replace(/_FILE$/, '');
const secretNames = infos.filter(isSecret).map(({ name }) => name);

describe('the Secret', () => {
  it('has every secret that is required but the keys, and nothing that belongs to the ConfigMap', () => {
    const required = infos.filter((info) => isSecret(info) && info.required).map(({ name }) => name);
    expect([...Object.keys(secret.stringData), 'AUTH_JWKS']).toEqual(expect.arrayContaining(required));
    expect(Object.keys(secret.stringData).filter((name) => !secretNames.includes(name))).toEqual([]);
  });

  it('is the only place of secrets, keys and addresses with passwords', () => {
    expect(secretNames).toEqual(expect.arrayContaining(['MONGODB_URI', 'REDIS_URL', 'AUTH_JWKS', 'CURSOR_SECRET']));
    expect(secretNames).not.toContain('PUBLIC_URL');
    const config = environments.flatMap((environment) => Object.keys(readConfigMap(environment)));
    expect(config.filter((name) => secretNames.includes(name))).toEqual([]);
  });
});

it('the Secret of the jobs has the required secrets of `npm run db`, and no other', async () => {
  const required = infos.filter(
    (info) => isSecret(info) && info.required && Object.hasOwn(databaseSettings, info.name),
  );
  expect(Object.keys(migrationSecret.stringData)).toEqual(required.map(({ name }) => name));
  expect(Object.keys(migrationSecret.stringData)).toEqual(['MONGODB_URI']);
});

describe.each(environments)('%s', (environment) => {
  const config = readConfigMap(environment);

  it('has only settings that exist, and every one that is required', async () => {
    expect(Object.keys(config).filter((name) => !Object.hasOwn(settings, toSettingName(name)))).toEqual([]);
    const loaded = load(settings, { ...config, ...(await fillSecrets()) });
    expect(loaded).toMatchObject({ NODE_ENV: 'production', HOST: '0.0.0.0', PORT: 3000, MIGRATE_ON_START: false });
    expect(checkSettings(loaded, { envFiles: [] })).toEqual([]);
  });

  it('boundary: starts nothing with the template of the Secret, and names every setting to fill in', () => {
    const texts = [secret, keySecret].flatMap(({ stringData }) => Object.values(stringData));
    expect(new Set(texts)).toEqual(new Set(['REPLACE_ME']));
    const keys = mountKeys(keySecret.stringData['jwks.json'] ?? '');
    expect(invalidNames({ ...config, ...secret.stringData, ...keys }).sort()).toEqual(
      [...Object.keys(secret.stringData), 'AUTH_JWKS'].sort(),
    );
  });
});
