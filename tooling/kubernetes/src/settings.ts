import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describeSetting, type SettingInfo, type Settings } from '@plinth/config';
import { serviceSettings } from '@plinth/service-kit';

export const root: string = fileURLToPath(new URL('../../..', import.meta.url));

/** The names of the apps: the folders in `apps` that have something to start. */
export const apps: readonly string[] = readdirSync(join(root, 'apps'))
  .filter((name) => existsSync(join(root, 'apps', name, 'src/main.ts')))
  .sort();

/** The settings that `src/settings.ts` of an app exports as `…Settings`, or else those of every service. */
async function getSettings(app: string): Promise<Settings> {
  const file = join(root, 'apps', app, 'src/settings.ts');
  if (!existsSync(file)) return serviceSettings;
  // An app exports nothing to other packages, so its file is imported.
  const exported = (await import(pathToFileURL(file).href)) as Record<string, Settings>;
  const [found, ...others] = Object.entries(exported).filter(([name]) => name.endsWith('Settings'));
  if (found === undefined || others.length > 0) throw new Error(`${file} has to export its settings as one …Settings.`);
  return found[1];
}

/** The settings of all apps. */
export async function getAllSettings(): Promise<Settings> {
  return Object.assign({}, ...(await Promise.all(apps.map(getSettings)))) as Settings;
}

/** Returns the metadata of all settings of all apps. */
export async function describeAllSettings(): Promise<SettingInfo[]> {
  return Object.entries(await getAllSettings()).map(([name, schema]) => describeSetting(name, schema));
}

/** Secrets, trusted keys and addresses with a password belong to the Secret, all others to the ConfigMap. */
export const isSecret = ({ example }: SettingInfo): boolean =>
  example === undefined || (/^[a-z+]+:\/\//.test(example) && !/^https?:/.test(example));
