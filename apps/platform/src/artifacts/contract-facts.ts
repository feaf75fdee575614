import {
  builtInRoles,
  type Contract,
  type DeclaredError,
  type Deprecation,
  getListSpec,
  type RouteSpec,
} from '@plinth/contract-kit';
import type { EventType } from '@plinth/data-kit';
import { listContractOwners, listErrors, listEvents, type Module } from '@plinth/service-kit';
import type { AnyStateMachine } from 'xstate';
import { toDirectedGraph } from 'xstate/graph';
import { z } from 'zod';

/** The promises of a contract about an operation that OpenAPI cannot say. Each item of a list is one fact, so that versions are compared line by line. */
export type OperationFacts = {
  /** The folder of the client that exports its function. */
  readonly module: string;
  /** The roles that may call it; `self` for the own id, `anonymous` without a token. */
  readonly callers: readonly string[];
  readonly deprecated?: Deprecation;
  readonly limit?: 'sensitive';
  readonly bodyBytesMax?: number;
  /** The filters, bounds and sorts that a list supports together. */
  readonly combinations?: readonly string[];
  /** The rules and refinements of the request that no keyword of JSON Schema shows. */
  readonly checks?: readonly string[];
  /** The values of the request that are stored or compared in a form that differs from what was sent. */
  readonly conversions?: readonly string[];
};

/** The promises about an event that AsyncAPI cannot say. */
export type EventFacts = {
  /** The module whose journal has it. */
  readonly module: string;
  /** The field with the id of the aggregate, which is the subject of the event. */
  readonly aggregate: string;
  readonly version: number;
  /** The versions that are converted to the newest one. */
  readonly upcastsFrom?: readonly number[];
  /** The rules and refinements of the newest payload that no keyword of JSON Schema shows. */
  readonly checks?: readonly string[];
};

export type ContractFacts = {
  readonly operations: Readonly<Record<string, OperationFacts>>;
  readonly events: Readonly<Record<string, EventFacts>>;
  /** The fields of `data` in problems, by code. The reference has them by status. */
  readonly problems: Readonly<Record<string, readonly string[]>>;
  /** The changes of status that each state machine allows. */
  readonly lifecycles: Readonly<Record<string, readonly string[]>>;
};

const getCallers = ({ permissions }: Contract, { auth }: RouteSpec): readonly string[] => {
  if (auth === 'public') return [...builtInRoles, 'anonymous'];
  if (auth === 'identity') return ['identity'];
  if (auth === 'authenticated') return builtInRoles;
  return [...(permissions[auth.policy]?.roles ?? []), ...(auth.orSelf === undefined ? [] : ['self'])];
};

type Schema = z.core.$ZodTypes;
type Visit = (schema: Schema, path: string) => void;

/** Converts a schema to text. A schema that has a name in the reference is shown by its name. */
const toJson = (schema: z.core.$ZodType): string => {
  const { $schema: _, $defs: __, ...json } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  const text = JSON.stringify(json, (key, value: unknown) => (key === 'description' ? undefined : value));
  return text.replaceAll(/\{"\$ref":"#\/\$defs\/(\w+)"\}/g, '$1');
};

/** Calls `visit` with each schema of a request and its path, such as `body/customer`. */
const visitSchemas = (schema: Schema, path: string, visit: Visit): void => {
  visit(schema, path);
  const next = (inner: z.core.$ZodType, innerPath = path): void => visitSchemas(inner as Schema, innerPath, visit);
  const { def } = schema._zod;
  if (def.type === 'object') for (const [key, field] of Object.entries(def.shape)) next(field, `${path}/${key}`);
  else if (def.type === 'array') next(def.element, `${path}/*`);
  else if (def.type === 'record') next(def.valueType, `${path}/*`);
  else if (def.type === 'union') for (const option of def.options) next(option);
  else if (def.type === 'pipe') next(def.in._zod.def.type === 'transform' ? def.out : def.in);
  else if ('innerType' in def) next(def.innerType);
};

/** Counts the checks of a text that the reference shows as its `pattern` or `format`. */
const countDocumented = (schema: z.core.$ZodType): number => {
  const { pattern, format } = z.globalRegistry.get(schema) ?? {};
  if (pattern === undefined && format === undefined) return 0;
  const { parent } = schema._zod;
  const meta = parent && z.globalRegistry.get(parent);
  const isInherited = meta !== undefined && meta['pattern'] === pattern && meta['format'] === format;
  return isInherited ? countDocumented(parent as z.core.$ZodType) : (schema._zod.def.checks?.length ?? 0);
};

const toMessage = ({ error }: z.core.$ZodCheckDef): string => {
  const message = error?.({ code: 'custom', input: undefined } as never);
  return (typeof message === 'string' ? message : message?.message) ?? 'has a rule without a message';
};

const listChecks = (schema: Schema): string[] =>
  (schema._zod.def.checks ?? [])
    .slice(countDocumented(schema))
    .filter(({ _zod: { def } }) => def.check === 'custom')
    .map(({ _zod: { def } }) => {
      const [field] = (def as { path?: readonly PropertyKey[] }).path ?? [];
      return `${field === undefined ? '' : `\`${String(field)}\` `}${toMessage(def)}`;
    });

/** Shows whether a text is trimmed and converted to lower case. */
const sample = ' Ab ';

const listConversions = (schema: Schema): string[] => {
  const { def } = schema._zod;
  if (def.type === 'pipe' && def.in._zod.def.type !== 'transform') {
    const { type } = def.out._zod.def;
    // Texts that become lists are filters, whose `combinations` are listed.
    return type === 'transform' || type === 'array' ? [] : [`is read as ${type === 'date' ? type : toJson(def.out)}`];
  }
  if (def.type !== 'string') return [];
  return (def.checks ?? [])
    .filter(({ _zod }) => _zod.def.check === 'overwrite')
    .map(
      ({ _zod }) =>
        `${JSON.stringify(sample)} becomes ${JSON.stringify((_zod.def as z.core.$ZodCheckOverwriteDef<string>).tx(sample))}`,
    );
};

/** Returns a fact for each schema of some parts, such as `body/customer: …`. */
const collect = (
  parts: Readonly<Record<string, z.core.$ZodType | undefined>>,
  list: (schema: Schema) => readonly string[],
): readonly string[] => {
  const facts: string[] = [];
  for (const [part, schema] of Object.entries(parts)) {
    if (schema)
      visitSchemas(schema as Schema, part, (inner, path) =>
        facts.push(...list(inner).map((fact) => `${path}: ${fact}`)),
      );
  }
  return [...new Set(facts)];
};

/** Returns the fields of the data of an error: `productId: ProductId`. */
const listData = ({ data }: DeclaredError): readonly string[] => {
  if (!(data instanceof z.ZodObject)) return [];
  return Object.entries(data.shape).map(([name, field]) => `${name}: ${toJson(field)}`);
};

/** Returns each combination that a list supports: `status sorted by name`. */
const listCombinations = ({ query }: RouteSpec): readonly string[] =>
  (getListSpec(query)?.combinations ?? []).flatMap(({ where = [], in: inFilter, range, sort }) =>
    sort.flatMap((field) => {
      const line = `${where.length > 0 ? where.join(' + ') : 'no filter'} sorted by ${field}`;
      return [
        line,
        ...(inFilter === undefined ? [] : [`${line}, several values of ${inFilter}`]),
        ...(range === undefined ? [] : [`${line}, bounds on ${range}`]),
      ];
    }),
  );

const toOperationFacts = (module: string, contract: Contract, route: RouteSpec): OperationFacts => {
  const { deprecated, limit, bodyBytesMax, params, query, body } = route;
  const request = { params, query, body };
  const lists = {
    combinations: listCombinations(route),
    checks: collect(request, listChecks),
    conversions: collect(request, listConversions),
  };
  return {
    module,
    callers: getCallers(contract, route),
    ...(deprecated && { deprecated }),
    ...(limit && { limit }),
    ...(bodyBytesMax !== undefined && { bodyBytesMax }),
    ...Object.fromEntries(Object.entries(lists).filter(([, facts]) => facts.length > 0)),
  };
};

const toEventFacts = (module: string, { aggregate, version, earlier, payload }: EventType): EventFacts => {
  const checks = collect({ data: payload }, listChecks);
  return {
    module,
    aggregate,
    version,
    ...(earlier.length > 0 && { upcastsFrom: earlier.map((_, index) => index + 1) }),
    ...(checks.length > 0 && { checks }),
  };
};

const listTransitions = ({ lifecycle }: Contract): string[] =>
  toDirectedGraph(lifecycle as AnyStateMachine).children.flatMap(({ edges }) =>
    edges.map(({ source, target, label, transition: { guard } }) => {
      const condition = typeof guard === 'string' ? ` if ${guard}` : '';
      return `${source.key} → ${target.key} by ${label.text}${condition}`;
    }),
  );

/** Collects the promises of the contracts of modules that are not in the documents of OpenAPI and AsyncAPI. */
export const createContractFacts = (modules: readonly Module[]): ContractFacts => {
  const owners = listContractOwners(modules);
  const contracts = owners.flatMap((owner) => owner.contracts);
  return {
    operations: Object.fromEntries(
      owners.flatMap((owner) =>
        owner.contracts.flatMap((contract) =>
          Object.entries(contract.routes).map(([operationId, route]) => [
            operationId,
            toOperationFacts(owner.name, contract, route),
          ]),
        ),
      ),
    ),
    events: Object.fromEntries(
      modules.flatMap((module) =>
        listEvents([module]).map((event) => [event.name, toEventFacts(module.name, event)] as const),
      ),
    ),
    problems: Object.fromEntries(
      listErrors(contracts)
        .filter(({ data }) => data)
        .map((error) => [error.code, listData(error)]),
    ),
    lifecycles: Object.fromEntries(
      contracts.filter(({ lifecycle }) => lifecycle).map((contract) => [contract.name, listTransitions(contract)]),
    ),
  };
};
