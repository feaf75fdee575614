import pluralize from 'pluralize';

/** The command line is wrong; the message says what is accepted. */
export class UsageError extends Error {}

const capitalize = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

export const toCamelCase = (kebab: string): string =>
  kebab.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

export const toKebabCase = (camel: string): string =>
  camel.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

export const toPascalCase = (kebab: string): string => capitalize(toCamelCase(kebab));

export const toSentence = (kebab: string): string => capitalize(kebab.replaceAll('-', ' '));

/** @throws `UsageError` unless the name is in kebab-case. */
export const assertName = (name: string): void => {
  if (!/^[a-z][a-z0-9]*(?:-[a-z][a-z0-9]*)*$/.test(name) || name.length > 40)
    throw new UsageError(`'${name}' is not a name in kebab-case, such as purchase-orders, of at most 40 characters.`);
};

/** Returns the singular of a plural. @throws `UsageError` when English has no other form. */
export const toSingular = (plural: string): string => {
  const singular = pluralize.singular(plural);
  if (singular !== plural) return singular;
  throw new UsageError(
    `'${plural}' is not a plural, such as ${pluralize.plural(plural)}: name the plural, or add --singular <name> when it is one.`,
  );
};

const toSpellings = (kebab: string): string[] => [
  kebab,
  toCamelCase(kebab),
  toPascalCase(kebab),
  kebab.replaceAll('-', ' '),
  toSentence(kebab),
];

const startsWithVowel = (word: string): boolean => /^(?!uni|use|eu|one)[aeiou]/i.test(word);

/** The names of a template, in kebab-case, and the names that replace them. */
export type Names = Readonly<Record<string, string>>;

/** Replaces the names of a template in each of their spellings, and the articles before them. */
export const replaceNames = (text: string, names: Names): string => {
  const pairs = Object.entries(names).flatMap(([from, to]) => {
    const spellings = toSpellings(to);
    return toSpellings(from).map((spelling, index) => [spelling, spellings[index] ?? to] as const);
  });
  // The first spelling of a word is the one in kebab-case.
  const replacements = new Map(pairs.toReversed());
  const longestFirst = [...replacements.keys()].sort((left, right) => right.length - left.length);
  return text.replaceAll(new RegExp(`(\\b[aA] )?(${longestFirst.join('|')})`, 'g'), (_, article = '', name) => {
    const replacement = replacements.get(name) ?? name;
    return `${article && startsWithVowel(replacement) ? article.replace(' ', 'n ') : article}${replacement}`;
  });
};
