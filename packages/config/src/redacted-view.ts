import type { Config, Settings } from './setting.ts';
import { withoutCredentials } from './url.ts';

const show = (value: unknown): string | number | boolean => {
  switch (typeof value) {
    case 'number':
    case 'boolean':
      return value;
    case 'string':
      return withoutCredentials(value);
    default:
      // Documents are long and of no use in a start line.
      return '[json]';
  }
};

/** What may be logged of a configuration: secrets, credentials in URLs and documents are replaced. */
export const redactedView = <S extends Settings>(
  config: Config<S>,
  settings: S,
): Readonly<Record<string, string | number | boolean>> => {
  const view: Record<string, string | number | boolean> = {};
  for (const [name, setting] of Object.entries(settings)) {
    const value = config[name];
    if (value !== undefined) view[name] = setting.secret ? '[secret]' : show(value);
  }
  return view;
};
