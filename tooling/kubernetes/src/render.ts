import { describeSetting, type SettingInfo, type Settings } from '@plinth/config';
import { isSecret } from './settings.ts';

/** What a cluster needs otherwise than a laptop; an environment's own values stand in its folder of `overlays`. */
export const inCluster: Readonly<Record<string, string>> = {
  NODE_ENV: 'production',
  // Every address of the pod: the NetworkPolicy says who may come.
  HOST: '0.0.0.0',
  METRICS_HOST: '0.0.0.0',
  METRICS_PORT: '9464',
};

/** No setting accepts it, so that a Secret that somebody forgot to fill in starts nothing. */
export const placeholder = 'REPLACE_ME';

const heading = '# Generated from the settings of the apps by `npm run build`; not to be edited.';

const presenceOf = ({ required }: SettingInfo): string => (required ? 'required' : 'optional');

const split = (settings: Settings, secret: boolean): SettingInfo[] =>
  Object.entries(settings)
    .map(([name, schema]) => describeSetting(name, schema))
    .filter((setting) => isSecret(setting) === secret);

const plainLines = ({ name, ...setting }: SettingInfo): string[] => {
  const value = inCluster[name] ?? setting.defaultText;
  const about = ['', `# ${setting.description}`, `# ${setting.expects}`];
  return value === undefined ? [...about, `# ${name}=`] : [...about, `${name}=${value}`];
};

/** The values of the ConfigMap, in the form that kustomize reads: no quotes, no escapes. */
export const renderSettings = (settings: Settings): string =>
  [
    heading,
    '# An environment sets its own in overlays/<environment>/environment.',
    ...split(settings, false).flatMap(plainLines),
    '',
  ].join('\n');

const secretLines = (setting: SettingInfo): string[] => {
  const about = [`  # ${setting.description}`, `  # ${setting.expects}; ${presenceOf(setting)}`];
  return [...about, `  ${setting.required ? '' : '# '}${setting.name}: ${placeholder}`];
};

/** The form of the Secret. It holds no value that any setting accepts. */
export const renderSecret = (settings: Settings): string =>
  [
    heading,
    '# Copy it to a place outside of the repository, fill it in there, and apply the copy. It starts nothing as it is.',
    'apiVersion: v1',
    'kind: Secret',
    'metadata:',
    '  name: plinth',
    'type: Opaque',
    'stringData:',
    ...split(settings, true).flatMap(secretLines),
    '',
  ].join('\n');
