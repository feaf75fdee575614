import { toWords } from '@plinth/data-kit';
import type { Stored } from './write-set.ts';

const fold = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/**
 * Scores a field by the formula of MongoDB: a repeated word counts less each time, a word of a short field counts more, and a
 * word that is the whole field the most.
 */
const scoreField = (text: string, words: ReadonlySet<string>): number => {
  const all = toWords(fold(text));
  const scoreWord = (word: string): number => {
    const count = all.filter((other) => other === word).length;
    const whole = text.toLowerCase() === word ? 1.1 : 1;
    return (2 - 2 ** (1 - count)) * (0.5 + (0.5 * count) / all.length) * whole;
  };
  return [...words].filter((word) => all.includes(word)).reduce((sum, word) => sum + scoreWord(word), 0);
};

/** Returns the documents that have one of the words in one of the fields, the best match first. */
export const search = (documents: readonly Stored[], fields: readonly string[], words: readonly string[]): Stored[] => {
  const wanted = new Set(words.map(fold));
  const score = (document: Stored): number =>
    fields.reduce((sum, field) => sum + scoreField((document[field] as string | undefined) ?? '', wanted), 0);
  return documents
    .map((document) => ({ document, points: score(document) }))
    .filter(({ points }) => points > 0)
    .sort((left, right) => right.points - left.points || (left.document._id < right.document._id ? -1 : 1))
    .map(({ document }) => document);
};
