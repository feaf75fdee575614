const partMax = 200;

/** The longest sort key, so that the cursor of a list sorted by it stays within 2,048 characters. */
export const sortKeyMax = 2 * partMax + 1;

// Letters that Unicode does not decompose into a plain letter and an accent.
const plainLetters: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ħ: 'h',
  ı: 'i',
};

const toPlain = (text: string): string =>
  text
    .toLowerCase()
    .normalize('NFKD')
    .replaceAll(/[\u0300-\u036f]/g, '')
    .replaceAll(/[^\p{ASCII}]/gu, (letter) => plainLetters[letter] ?? letter)
    .normalize('NFC');

const cut = (text: string): string => text.slice(0, partMax).toWellFormed();

/**
 * Returns the key by which a list sorts a text: the text without case and accents, a tab, and the text itself to order texts
 * that differ only in those. A tab sorts before every printable character, so a text comes before its continuations.
 */
export const toSortKey = (text: string): string => {
  const printable = text.replaceAll(/\p{Cc}/gu, '');
  return `${cut(toPlain(printable))}\t${cut(printable)}`;
};
