import { generateCommand } from './secret.ts';
import type { Setting, Settings } from './setting.ts';

/** The settings of one app or package under a heading. */
export type SettingsGroup = { readonly title: string; readonly settings: Settings };

const heading = [
  '# Every setting of the project. Generated from the code: change the settings there, not here.',
  '# Copy it to .env and fill in what is empty; a variable of the environment wins over the file.',
];

// Node's parser of .env files has no escapes, so a value is put between the quotes that it does not contain.
const quoted = (value: string): string => {
  if (/^[^\s#"'`\\]*$/.test(value)) return value;
  const quote = ["'", '"', '`'].find((mark) => !value.includes(mark));
  if (quote === undefined) throw new TypeError('An example cannot hold all three kinds of quotes.');
  return `${quote}${value}${quote}`;
};

const presenceOf = ({ defaultText, optional }: Setting): string => {
  if (defaultText !== undefined) return 'has a default';
  return optional ? 'optional' : 'required';
};

const lineOf = (name: string, setting: Setting): string => {
  // What is required stands there empty, which counts as missing: an example that is forgotten must not take effect.
  if (setting.defaultText === undefined && !setting.optional) return `${name}=`;
  // A commented default stays in step with the code when somebody copies the file and forgets it.
  return `# ${name}=${setting.blank ? '' : quoted(setting.defaultText ?? setting.example)}`;
};

const block = (name: string, setting: Setting): readonly string[] => [
  '',
  `# ${setting.description}`,
  `# ${setting.expects}; ${presenceOf(setting)}`,
  ...(presenceOf(setting) === 'required' && !setting.blank ? [`# For example: ${setting.example}`] : []),
  ...(setting.secret ? [`# Make one with: ${generateCommand}`] : []),
  lineOf(name, setting),
];

/** The text of `.env.example`. A setting that several groups share is printed once, in the first of them. */
export const renderEnvExample = (groups: readonly SettingsGroup[]): string => {
  const printed = new Map<string, Setting>();
  const lines = [...heading];
  for (const { title, settings } of groups) {
    const fresh = Object.entries(settings).filter(([name, setting]) => {
      const known = printed.get(name);
      if (known !== undefined && known !== setting) throw new TypeError(`Two different settings are named ${name}.`);
      printed.set(name, setting);
      return known === undefined;
    });
    if (fresh.length > 0) lines.push('', `# --- ${title}`, ...fresh.flatMap(([name, setting]) => block(name, setting)));
  }
  return `${lines.join('\n')}\n`;
};
