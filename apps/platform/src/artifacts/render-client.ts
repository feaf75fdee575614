import { type Contract, type Deprecation, getDeclaredErrors, type RouteSpec } from '@plinth/contract-kit';
import type { ContractOwner } from '@plinth/service-kit';

const note = '// Generated from the contracts by `npm run build`. Run it when this file does not compile.';

const toCamel = (name: string): string => name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
const toType = ({ name }: Contract): string => `typeof ${toCamel(name)}Contract`;

const describeEnd = ({ since, sunset, replacedBy }: Deprecation): string => {
  const end = sunset === undefined ? '' : `, may be removed from ${sunset} on`;
  return `since ${since}${end}${replacedBy === undefined ? '' : `: use \`${replacedBy}\``}`;
};

const renderAction = (domain: string, contract: Contract, [operation, route]: [string, RouteSpec]): string[] => {
  const { method, path, summary, description, auth, stream, deprecated } = route;
  const flags = [...(auth === 'public' ? ['isPublic: true'] : []), ...(stream ? ['readItems: readLines'] : [])];
  const constants = [`name: '${method} ${path}'`, `domain: '${domain}'`, ...flags].join(', ');
  const text = [`${summary}.`, ...(description === undefined ? [] : [description])].join(' ');
  const mark = deprecated ? [` * @deprecated ${describeEnd(deprecated)}`] : [];
  const comment = mark.length > 0 ? ['/**', ` * ${text}`, ...mark, ' */'] : [`/** ${text} */`];
  return [
    ...comment,
    `export const ${operation} = /* @__PURE__ */ createAction<RouteOf<${toType(contract)}, '${operation}'>>({ ${constants} });`,
    '',
  ];
};

const hasStream = (contracts: readonly Contract[]): boolean =>
  contracts.some(({ routes }) => Object.values(routes).some(({ stream }) => stream !== undefined));

/** Renders the functions of a module. They import contracts as types only, so that a browser downloads no schema. */
const renderActions = ({ name: domain, contracts }: ContractOwner): string => {
  const names = contracts.map(({ name }) => `${toCamel(name)}Contract`).toSorted();
  return [
    note,
    `import type { ${names.join(', ')} } from '@plinth/service-contracts/${domain}';`,
    `import { createAction, type RouteOf${hasStream(contracts) ? ', readLines' : ''} } from '../core/index.ts';`,
    '',
    ...contracts.flatMap((contract) =>
      Object.entries(contract.routes).flatMap((entry) => renderAction(domain, contract, entry)),
    ),
  ].join('\n');
};

/** Renders every problem of each function, so that the compiler compares the types of the client with the errors of the contracts. */
const renderProblems = ({ contracts }: ContractOwner): string => {
  const rows = contracts.flatMap(({ routes }) =>
    Object.entries(routes).map(([operation, route]) => {
      const codes = [...new Set(getDeclaredErrors(route).map(({ code, status }) => `'${code}': ${status}`))];
      return `  ${operation}: { ${codes.join(', ')} },`;
    }),
  );
  return [
    note,
    "import type { RunNpmRunBuildForProblems } from '../core/status-by-code.ts';",
    "import type * as actions from './index.ts';",
    '',
    'export const problems: { readonly [Name in keyof typeof actions]: RunNpmRunBuildForProblems<(typeof actions)[Name]> } = {',
    ...rows,
    '};',
    '',
  ].join('\n');
};

/** Renders the contracts of a module, for the mock. */
const renderContracts = ({ name: domain, contracts }: ContractOwner): string => {
  const names = contracts.map(({ name }) => `${toCamel(name)}Contract`).toSorted();
  return [
    note,
    `import { ${names.join(', ')} } from '@plinth/service-contracts/${domain}';`,
    '',
    `export const ${toCamel(domain)}Contracts = [${names.join(', ')}];`,
    '',
  ].join('\n');
};

const renderAllContracts = (owners: readonly ContractOwner[]): string => {
  const domains = owners.map(({ name }) => name).toSorted();
  return [
    note,
    ...domains.map((domain) => `import { ${toCamel(domain)}Contracts } from '../${domain}/contracts.ts';`),
    '',
    `export const contracts = [${domains.map((domain) => `...${toCamel(domain)}Contracts`).join(', ')}];`,
    '',
  ].join('\n');
};

/** Generates the files of the client. @returns their texts by path in the repository. */
export const renderClient = (owners: readonly ContractOwner[]): Readonly<Record<string, string>> => ({
  'packages/service-actions/src/mock/contracts.ts': renderAllContracts(owners),
  ...Object.fromEntries(
    owners.flatMap((owner) => {
      const folder = `packages/service-actions/src/${owner.name}`;
      return [
        [`${folder}/index.ts`, renderActions(owner)],
        [`${folder}/contracts.ts`, renderContracts(owner)],
        [`${folder}/problems.test-d.ts`, renderProblems(owner)],
      ];
    }),
  ),
});
