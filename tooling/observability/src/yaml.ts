type Yaml = string | number | readonly Yaml[] | { readonly [key: string]: Yaml | undefined };

// Anything else is quoted, for YAML takes many a word for something else than itself.
const plain = /^[A-Za-z][A-Za-z0-9_/.-]*$/;
const words = new Set(['true', 'false', 'yes', 'no', 'on', 'off', 'null', 'y', 'n']);

const scalar = (value: string | number): string => {
  if (typeof value === 'number' || (plain.test(value) && !words.has(value.toLowerCase()))) return String(value);
  return `'${value.replaceAll("'", "''")}'`;
};

const isScalar = (value: Yaml): value is string | number => typeof value === 'string' || typeof value === 'number';

const isEmpty = (value: object): boolean => Object.keys(value).length === 0;

const linesOf = (value: Yaml): string[] => {
  if (isScalar(value)) return [scalar(value)];
  if (isEmpty(value)) return [Array.isArray(value) ? '[]' : '{}'];
  if (Array.isArray(value)) {
    return value.flatMap((item: Yaml) => linesOf(item).map((line, at) => (at === 0 ? `- ${line}` : `  ${line}`)));
  }
  return Object.entries(value).flatMap(([key, item]) => {
    if (item === undefined) return [];
    const lines = linesOf(item);
    const fitsBeside = isScalar(item) || isEmpty(item);
    return fitsBeside ? [`${key}: ${lines[0]}`] : [`${key}:`, ...lines.map((line) => `  ${line}`)];
  });
};

/** Plain data as YAML. */
export const toYaml = (value: object): string => `${linesOf(value as Yaml).join('\n')}\n`;
