/** Comments that silence a tool. Each says which rule, and why. */
const directives: readonly { opens: RegExp; form: RegExp; write: string }[] = [
  {
    opens: /^oxlint-disable/,
    form: /^oxlint-disable(-next-line|-line)? [\w@/-]+(, ?[\w@/-]+)* -- \S.{3,}/s,
    write: 'oxlint-disable-next-line <rule> -- <reason>',
  },
  { opens: /^biome-ignore/, form: /^biome-ignore \S+: \S.{3,}/s, write: 'biome-ignore format: <reason>' },
  { opens: /^@boundaries-ignore/, form: /^@boundaries-ignore \S.{3,}/s, write: '@boundaries-ignore <reason>' },
  {
    opens: /^(v8|c8|istanbul) ignore/,
    form: /^(v8|c8|istanbul) ignore \w+( \d+)?( @preserve)? -- \S.{3,}/s,
    write: 'v8 ignore next -- <reason>',
  },
  // Such a comment does nothing here (respectEslintDisableDirectives is off), and would mislead.
  { opens: /^eslint-disable/, form: /(?!)/, write: 'oxlint-disable-next-line <rule> -- <reason>' },
];

/** What is wrong with a comment that silences a tool, or nothing. `@ts-expect-error` is oxlint's. */
export function whyNotSuppressed(comment: string): string | undefined {
  const directive = directives.find(({ opens }) => opens.test(comment));
  if (directive === undefined || directive.form.test(comment)) return undefined;
  return `A suppression names its rule and states its reason: \`${directive.write}\`.`;
}
