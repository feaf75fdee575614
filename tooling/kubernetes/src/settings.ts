import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Setting, Settings } from '@plinth/config';
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

/** Secrets, trusted keys and addresses with a password belong to the Secret, all others to the ConfigMap. */
export const isSecret = ({ secret, blank, example }: Setting): boolean =>
  secret || blank || (/^[a-z+]+:\/\//.test(example) && !/^https?:/.test(example));

export const isRequired = ({ optional, defaultText }: Setting): boolean => !optional && defaultText === undefined;
