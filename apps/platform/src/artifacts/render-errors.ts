import type { DeclaredError } from '@plinth/contract-kit';

const row = ({ code, status, title, fix }: DeclaredError): string => `| \`${code}\` | ${status} | ${title} | ${fix} |`;

const section = (domain: string, errors: readonly DeclaredError[]): string =>
  [`## ${domain}`, '', '| code | status | title | fix |', '| --- | --- | --- | --- |', ...errors.map(row), ''].join(
    '\n',
  );

/** Renders every error that a route can return, as Markdown. */
export const renderErrors = (errors: readonly DeclaredError[]): string => {
  const domains = [...Map.groupBy(errors, ({ domain }) => domain)];
  return [
    '# Errors',
    '',
    'Generated from the error catalogues by `npm run build`. Codes are API: clients switch on them, so they never change.',
    'The `type` of a problem is `<API>/errors/<domain>/<code>`.',
    '',
    ...domains.map(([domain, members]) => section(domain, members)),
  ].join('\n');
};
