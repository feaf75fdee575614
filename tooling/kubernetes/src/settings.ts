import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { SettingInfo, Settings } from '@plinth/config';
import { serviceSettings } from '@plinth/service-kit';

export const root: string = fileURLToPath(new URL('../../..', import.meta.url));

/** The names of the apps: every folder in `apps` that has something to start. */
export const apps: readonly string[] = readdirSync(join(root, 'apps'))
  .filter((name) => existsSync(join(root, 'apps', name, 'src/main.ts')))
  .sort();

/** The settings of one app: what its `src/settings.ts` exports as `…Settings`, or else those of every service. */
export async function settingsOf(app: string): Promise<Settings> {
  const file = join(root, 'apps', app, 'src/settings.ts');
  if (!existsSync(file)) return serviceSettings;
  // An app exports nothing to other packages; its settings are read as the file that they are.
  const exported = (await import(pathToFileURL(file).href)) as Record<string, Settings>;
  const [found, ...others] = Object.entries(exported).filter(([name]) => name.endsWith('Settings'));
  if (found === undefined || others.length > 0) throw new Error(`${file} has to export its settings as one …Settings.`);
  return found[1];
}

/** The settings of all apps, each once. */
export async function allSettings(): Promise<Settings> {
  const each = await Promise.all(apps.map(settingsOf));
  return Object.assign({}, ...each) as Settings;
}

/** Whether nobody but the process may read it: a secret, keys that decide who is trusted, an address with a password in it. */
export const isSecret = ({ example }: SettingInfo): boolean =>
  example === undefined || (/^[a-z+]+:\/\//.test(example) && !/^https?:/.test(example));
