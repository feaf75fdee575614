import { describeSetting, type SettingInfo, type Settings } from './setting.ts';

/** The settings of one app or package under a heading. */
export type SettingsGroup = { readonly title: string; readonly settings: Settings };

const toPresence = ({ required, defaultText }: SettingInfo): string => {
  if (defaultText !== undefined) return `default ${defaultText}`;
  return required ? 'required' : 'optional';
};

const toBlock = (info: SettingInfo): readonly string[] => {
  const { name, description, expects, example, required } = info;
  const about = ['', `# ${description}`, `# ${expects}; ${toPresence(info)}`];
  // A commented default stays in step with the code in a copy that is never updated.
  if (!required) return [...about, `# ${name}=${example ?? ''}`];
  // A required setting is left empty, which counts as missing: a forgotten example must not take effect.
  return [...about, ...(example === undefined ? [] : [`# For example: ${example}`]), `${name}=`];
};

/** Returns the text of `.env.example`. A setting of several groups is printed in the first of them. */
export const renderEnvExample = (groups: readonly SettingsGroup[]): string => {
  const printed = new Map<string, Settings[string]>();
  const lines = [
    '# Every setting of the project. Generated from the code: change the settings there, not here.',
    '# Copy it to .env and fill in what is empty; a variable of the environment wins over the file.',
    '# Each setting can also be read from a file: <NAME>_FILE is the path of a file that contains <NAME>.',
  ];
  for (const { title, settings } of groups) {
    lines.push('', `# --- ${title}`);
    for (const [name, schema] of Object.entries(settings)) {
      const known = printed.get(name);
      if (known && known !== schema) throw new TypeError(`Two different settings are named ${name}.`);
      if (!known) lines.push(...toBlock(describeSetting(name, schema)));
      printed.set(name, schema);
    }
  }
  return `${lines.join('\n')}\n`;
};

/** Returns what a program prints for `--help`. */
export const renderHelp = (command: string, settings: Settings): string =>
  [
    `Usage: ${command} [--help | --check]`,
    '',
    '--check reports every setting that cannot be used, and exits without starting anything.',
    'Settings come from environment variables and from a .env file; a variable wins over the file.',
    'Each setting can also be read from a file: <NAME>_FILE is the path of a file that contains <NAME>.',
    ...Object.entries(settings).flatMap(([name, schema]) => {
      const info = describeSetting(name, schema);
      return ['', name, `  ${info.description}`, `  ${info.expects}; ${toPresence(info)}`];
    }),
    '',
  ].join('\n');
