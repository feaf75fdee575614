import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError, describeSetting, load } from '@plinth/config';
import { describe, expect, it } from 'vitest';
import { artifacts } from '../src/artifacts.ts';
import { inCluster, placeholder } from '../src/render.ts';
import { allSettings, apps, isSecret, root, settingsOf } from '../src/settings.ts';
import { filledSecret, template } from './filled-secret.ts';
import { configOf, manifestsIn, overlays, workloadsOf } from './overlay.ts';

const settings = await allSettings();
const infos = Object.entries(settings).map(([name, schema]) => describeSetting(name, schema));
const made = await artifacts();

describe('ConfigMap and Secret', () => {
  it.each(Object.entries(made))('%s is what the settings say (npm run build writes it)', async (path, text) => {
    expect(await readFile(join(root, path), 'utf8')).toBe(text);
  });

  it('hold every setting of every app, each in one of both', async () => {
    const [plain = '', secret = ''] = Object.values(made);
    const named = (text: string): string[] => text.match(/(?<=^(?: {2})?(?:# )?)[A-Z][A-Z0-9_]+(?=[=:])/gm) ?? [];
    expect([...named(plain), ...named(secret)].sort()).toEqual(Object.keys(settings).sort());
    for (const app of apps)
      expect(Object.keys(settings)).toEqual(expect.arrayContaining(Object.keys(await settingsOf(app))));
  });

  it('keep secrets, keys and addresses with passwords in the Secret', () => {
    const names = infos.filter(isSecret).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['MONGODB_URI', 'REDIS_URL', 'AUTH_JWKS', 'CURSOR_SECRET']));
    expect(names).not.toEqual(expect.arrayContaining(['PUBLIC_URL']));
  });

  it('speak of the cluster in settings that exist and accept it', () => {
    for (const [name, value] of Object.entries(inCluster)) {
      expect(settings[name]?.safeParse(value).success, name).toBe(true);
    }
  });
});

describe.each(overlays)('%s', (path) => {
  const manifests = manifestsIn(path);

  it.each(workloadsOf(manifests).map((workload) => [workload.metadata.name, workload] as const))(
    'configures %s whole, with nothing that it does not know',
    async (_, workload) => {
      const config = configOf(manifests, workload);
      expect(Object.keys(config).filter((name) => !Object.hasOwn(settings, name))).toEqual([]);
      const env = { ...config, ...(await filledSecret()) };
      expect(load(settings, env)).toMatchObject({
        NODE_ENV: 'production',
        HOST: '0.0.0.0',
        PORT: 3000,
        DEMO_DATA: false,
      });
      expect(config['PUBLIC_URL']).toMatch(/^https:/);
    },
  );

  it('boundary: starts nothing with the Secret as it comes, and names all that is required', () => {
    expect(new Set(Object.values(template.stringData))).toEqual(new Set([placeholder]));
    for (const workload of workloadsOf(manifests)) {
      const faults = faultsOf({ ...configOf(manifests, workload), ...template.stringData });
      const required = infos.filter((info) => info.required && isSecret(info));
      expect(faults.sort()).toEqual(required.map(({ name }) => name).sort());
    }
  });
});

const faultsOf = (env: Record<string, string>): string[] => {
  try {
    load(settings, env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.issues.map(({ name }) => name);
    throw error;
  }
};
