import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError, load } from '@plinth/config';
import { describe, expect, it } from 'vitest';
import { clusterDefaults, generate, placeholder } from '../src/generate.ts';
import { describeAllSettings, getAllSettings, isSecret, root } from '../src/settings.ts';
import { environments, fillSecret, read, readConfigMap } from './manifests.ts';

const settings = await getAllSettings();
const infos = await describeAllSettings();
const generated = await generate();
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

describe('ConfigMap and Secret', () => {
  it.each(Object.entries(generated))('%s is up to date: `npm run build` writes it', async (path, text) => {
    expect(await readFile(join(root, path), 'utf8')).toBe(text);
  });

  it('contain each setting of each app once', () => {
    const names = Object.values(generated).flatMap(
      (text) => text.match(/(?<=^(?: {2})?(?:# )?)[A-Z][A-Z0-9_]+(?=[=:])/gm) ?? [],
    );
    expect(names.sort()).toEqual(Object.keys(settings).sort());
  });

  it('keep secrets, keys and addresses with passwords in the Secret', () => {
    const names = infos.filter(isSecret).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['MONGODB_URI', 'REDIS_URL', 'AUTH_JWKS', 'CURSOR_SECRET']));
    expect(names).not.toContain('PUBLIC_URL');
  });

  it('override defaults of settings that exist', () => {
    expect(Object.keys(clusterDefaults).filter((name) => !Object.hasOwn(settings, name))).toEqual([]);
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
    expect(new Set(Object.values(secret.stringData))).toEqual(new Set([placeholder]));
    const required = infos.filter((setting) => setting.required && isSecret(setting));
    expect(invalidNames({ ...config, ...secret.stringData }).sort()).toEqual(required.map(({ name }) => name).sort());
  });
});
