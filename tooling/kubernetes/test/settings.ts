import { globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describeSetting, type SettingInfo, type Settings } from '@plinth/config';
import { serviceSettings } from '@plinth/service-kit';

export const root: string = fileURLToPath(new URL('../../..', import.meta.url));

/** The names of the apps: the folders in `apps` that have something to start. */
export const apps: readonly string[] = globSync('*/src/main.ts', { cwd: join(root, 'apps') })
  .map((path) => dirname(dirname(path)))
  .sort();

/** Imports the settings of an app. It exports nothing to other packages, so its file is imported. */
const importSettings = (file: string): Promise<Record<string, Settings>> =>
  import(pathToFileURL(join(root, file)).href);

/** The settings of every service, and those that an app adds in `src/settings.ts`. */
export async function getAllSettings(): Promise<Settings> {
  const files = globSync('apps/*/src/settings.ts', { cwd: root });
  const exported = await Promise.all(files.map(importSettings));
  return Object.assign({}, serviceSettings, ...exported.flatMap((settings) => Object.values(settings))) as Settings;
}

/** Returns the metadata of all settings of all apps. */
export async function describeAllSettings(): Promise<SettingInfo[]> {
  return Object.entries(await getAllSettings()).map(([name, schema]) => describeSetting(name, schema));
}

/** Secrets, trusted keys and addresses with a password belong to the Secret, all others to the ConfigMap. */
export const isSecret = ({ example }: SettingInfo): boolean =>
  example === undefined || (/^[a-z+]+:\/\//.test(example) && !/^https?:/.test(example));
