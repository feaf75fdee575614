// `node src/generate.ts` writes the ConfigMap's values and the form of the Secret.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SettingInfo } from '@plinth/config';
import { describeAllSettings, isSecret, root } from './settings.ts';

/** Defaults of a cluster that differ from those of a laptop. An environment has its own in its folder of `overlays`. */
export const clusterDefaults: Readonly<Record<string, string>> = {
  NODE_ENV: 'production',
  // Every address of the pod: the NetworkPolicy restricts who can connect.
  HOST: '0.0.0.0',
  METRICS_HOST: '0.0.0.0',
  METRICS_PORT: '9464',
};

/** No setting accepts this value, so no pod starts with a Secret that was not filled in. */
export const placeholder = 'REPLACE_ME';

const heading = '# Generated from the settings of the apps by `npm run build`. Do not edit.';

/** In the form that kustomize reads: no quotes, no escapes. */
function renderConfigMap(settings: readonly SettingInfo[]): string {
  const lines = settings.flatMap(({ name, description, expects, defaultText }) => {
    const value = clusterDefaults[name] ?? defaultText;
    return ['', `# ${description}`, `# ${expects}`, value === undefined ? `# ${name}=` : `${name}=${value}`];
  });
  return [heading, '# An environment sets its own in overlays/<environment>/environment.', ...lines, ''].join('\n');
}

function renderSecret(settings: readonly SettingInfo[]): string {
  const lines = settings.flatMap(({ name, description, expects, required }) => [
    `  # ${description}`,
    `  # ${expects}; ${required ? 'required' : 'optional'}`,
    `  ${required ? '' : '# '}${name}: ${placeholder}`,
  ]);
  return [
    heading,
    '# Copy it to a place outside the repository, fill it in, and apply the copy. As it is, it starts nothing.',
    'apiVersion: v1',
    'kind: Secret',
    'metadata:',
    '  name: plinth',
    'type: Opaque',
    'stringData:',
    ...lines,
    '',
  ].join('\n');
}

/** The generated files, by their path in the repository. */
export async function generate(): Promise<Readonly<Record<string, string>>> {
  const settings = await describeAllSettings();
  return {
    'tooling/kubernetes/settings/settings.env': renderConfigMap(settings.filter((setting) => !isSecret(setting))),
    'tooling/kubernetes/secret.template.yaml': renderSecret(settings.filter(isSecret)),
  };
}

if (import.meta.main) {
  for (const [path, text] of Object.entries(await generate())) {
    // An unchanged file is not written, because tests may be reading it.
    if ((await readFile(join(root, path), 'utf8').catch(() => '')) !== text) await writeFile(join(root, path), text);
    process.stdout.write(`${path}\n`);
  }
}
