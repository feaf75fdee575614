const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** HTML that needs no further escaping. */
export type Html = { readonly html: string };

const toHtml = (value: unknown): string => {
  if (Array.isArray(value)) return value.map(toHtml).join('');
  if (typeof value === 'object' && value !== null && 'html' in value) return String(value.html);
  return String(value).replaceAll(/[&<>"']/g, (character) => entities[character] ?? '');
};

/** Creates HTML from a template, and escapes each value that is not HTML itself. */
export const html = (
  texts: TemplateStringsArray,
  ...values: readonly (string | number | Html | readonly Html[])[]
): Html => ({
  html: String.raw({ raw: texts }, ...values.map(toHtml)),
});

/** Converts a text with code in backticks, such as the `fix` of an error. */
export const toInlineCode = (text: string): Html => ({
  html: toHtml(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>'),
});
