import { renderSecret, renderSettings } from './render.ts';
import { allSettings } from './settings.ts';

/** What is made from the settings, by its path in the repository. */
export const artifacts = async (): Promise<Readonly<Record<string, string>>> => {
  const settings = await allSettings();
  return {
    'tooling/kubernetes/settings/settings.env': renderSettings(settings),
    'tooling/kubernetes/secret.template.yaml': renderSecret(settings),
  };
};
