import { getListSpec, getSuccess, Operation } from '@plinth/contract-kit';
import { openTestDatastore } from '@plinth/mongo/testing';
import type { Module } from '@plinth/service-kit';
import { type Caller, openTestHost, type TestResponse } from '@plinth/service-kit/testing';
import { createId, createPrincipal } from '@plinth/testing';
import { addDeadMessages } from './add-dead-messages.ts';
import { findResponseFaults } from './check-response.ts';
import { consumeJournals } from './consume-journals.ts';
import { addExampleIdentity, derivedPorts, exampleIdentityId } from './example-identity.ts';
import { observeQueries } from './query-budget.ts';
import { anyVersion, createAnyRequest, createRequest, type Request, toSent } from './requests.ts';
import { createResources, type Resource, toItem } from './resources.ts';
import { listRoutes, type NamedRoute } from './routes.ts';
import { runJobs } from './run-jobs.ts';
import { type Choices, createChoices } from './values.ts';

/** Opens modules on a new database. */
export const openModules = async (modules: readonly Module[]) => {
  const datastore = await openTestDatastore();
  const host = await openTestHost({ modules, datastore, localPorts: derivedPorts });
  return { modules, datastore, host, routes: listRoutes(modules) };
};
export type OpenModules = Awaited<ReturnType<typeof openModules>>;

const charsMax = 400;
const triesMax = 5;

const toFinding = ({ operationId }: NamedRoute, fault: string, request: Request, response: TestResponse): string => {
  const { method, url, headers, body = '' } = toSent(request);
  const notable = Object.entries(headers).filter(([, value]) => value !== anyVersion);
  const sent = `${method} ${url} ${JSON.stringify(Object.fromEntries(notable))} ${body}`;
  return `${operationId} ${fault}\n  ${sent.slice(0, charsMax)}\n  ${response.status} ${response.text.slice(0, charsMax)}`;
};

const operationsPath = '/v1/operations';

const startsOperation = ({ route }: NamedRoute): boolean =>
  route.method === 'POST' && getSuccess(route).schema === Operation;

const isCreation = (named: NamedRoute): boolean =>
  (named.route.method === 'POST' && 201 in named.route.responses) || startsOperation(named);

const isChange = (named: NamedRoute): boolean => named.route.method !== 'GET' && !isCreation(named);

/** Creates a tenant whose owner sends requests, one after another. Each response is checked. */
export const createTraffic = async (opened: OpenModules, seed: number) => {
  const { datastore, host, routes } = opened;
  const tenantId = createId();
  const caller: Caller = await host.as(createPrincipal({ tenantId, identityId: exampleIdentityId }));
  await addExampleIdentity(opened);
  const choices: Choices = createChoices(seed);
  const resources = createResources();
  const queries = observeQueries(datastore);
  const findings: string[] = [];
  const successes = new Map<NamedRoute, number>();
  const countSuccesses = (named: NamedRoute): number => successes.get(named) ?? 0;
  const isReached = (named: NamedRoute): boolean => successes.has(named);
  const counts = new Map<string, number>();

  const send = async (named: NamedRoute, request: Request, sender = caller): Promise<TestResponse> => {
    const { route, operationId } = named;
    queries.takeFaults();
    const response = await sender.send(toSent(request));
    const faults = [...findResponseFaults(route, { request, response }), ...(route.stream ? [] : queries.takeFaults())];
    findings.push(...faults.map((fault) => toFinding(named, fault, request, response)));
    const key = `${operationId} ${response.status} ${response.status < 400 ? '' : response.body?.code}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
    if (response.status >= 300) return response;
    successes.set(named, countSuccesses(named) + 1);
    if (isCreation(named) && typeof response.body?.id === 'string') resources.add(route, request.path, response.body);
    if (startsOperation(named)) resources.add({ path: operationsPath }, operationsPath, response.body);
    const target = resources.all().find(({ path }) => request.path === path || request.path.startsWith(`${path}/`));
    if (target && response.body?.id === target.id) target.body = response.body;
    if (target && isChange(named)) target.isChanged = true;
    return response;
  };

  const trySend = async (named: NamedRoute, target?: Resource, sender?: Caller): Promise<boolean> =>
    (await send(named, createRequest(named.route, { resources, choices, target }), sender)).status < 300;

  /** Sends valid requests of a route until one succeeds. Some may name resources in a state that refuses them. */
  const tryRoute = async (named: NamedRoute): Promise<boolean> => {
    const targets = resources.listTargets(named.route).toReversed();
    for (const target of named.route.params ? targets : Array.from({ length: triesMax }, () => undefined)) {
      if (await trySend(named, target)) return true;
    }
    return false;
  };

  /** Adds what a worker stores, and no route creates. */
  const addDead = async (): Promise<void> => {
    const jobs = '/v1/operations/jobs';
    for (const { module, id } of await addDeadMessages(opened, tenantId)) {
      resources.add({ path: jobs }, jobs, { id: module });
      const path = `${jobs}/:module/dead-messages` as const;
      resources.add({ path }, path.replace(':module', module), { id });
    }
  };

  const create = async (route: NamedRoute['route']): Promise<void> => {
    if (route.path.includes('/dead-messages')) await addDead();
    const creates = (other: NamedRoute): boolean =>
      resources.isCreatorFor(other.route, route) ||
      (startsOperation(other) && route.path.startsWith(`${operationsPath}/:id`));
    for (const named of routes.filter((other) => isCreation(other) && creates(other))) await tryRoute(named);
    // The result of an operation exists when its jobs have run.
    if (route.stream) await runJobs(opened, tenantId);
  };

  /** Creates a resource and changes it step by step, by the operation that has succeeded least and is not refused now. */
  const walk = async (some: readonly NamedRoute[], stepsMax = 8): Promise<void> => {
    const [{ route }] = some as [NamedRoute];
    await create(route);
    for (let step = 0; step < stepsMax && !some.every(isReached); step += 1) {
      const rarestFirst = some.toSorted((left, right) => countSuccesses(left) - countSuccesses(right));
      for (const named of rarestFirst.filter((other) => isChange(other) || !isReached(other))) {
        const isSent = await trySend(named, resources.listTargets(named.route).at(-1));
        if (isSent && isChange(named)) break;
      }
    }
  };

  /** Finds the resources that modules create from the journals of others. */
  const addConsumed = async (): Promise<void> => {
    for (const { contracts } of await consumeJournals(opened)) {
      const lists = routes.filter(({ route }) =>
        contracts.some((contract) => Object.values(contract.routes).includes(route)),
      );
      for (const { route } of lists.filter((named) => getListSpec(named.route.query))) {
        const { body } = await caller.get(route.path);
        for (const item of body.items) resources.add(route, route.path, item);
      }
    }
  };

  return {
    tenantId,
    caller,
    choices,
    resources,
    send,
    findings,
    counts,
    /** Creates resources, and performs each operation on new ones until all have succeeded. A route that never does is a finding. */
    reachAll: async (walksMax = 60): Promise<void> => {
      for (const named of [...routes, ...routes].filter(isCreation)) await tryRoute(named);
      await addConsumed();
      await addDead();
      const ofItems = Map.groupBy(routes, ({ route }) => toItem(route));
      for (const [item, some] of ofItems) {
        if (item === '') continue;
        for (let count = 0; count < walksMax && some.some((named) => !isReached(named)); count += 1) await walk(some);
      }
      for (const named of routes.filter((other) => !isReached(other) && !other.route.params)) {
        if (await tryRoute(named)) continue;
        // The caller is not stored, but a route may return what is stored of its caller.
        for (const { id } of resources.all()) {
          if (await trySend(named, undefined, await host.as(createPrincipal({ tenantId, id })))) break;
        }
      }
      // Each change on a new resource, so that there are resources in all states.
      for (const named of routes.filter(isChange)) {
        await create(named.route);
        await trySend(named, resources.listTargets(named.route).at(-1));
      }
      const unreached = routes.filter((named) => !isReached(named));
      findings.push(
        ...unreached.map(({ operationId }) => `${operationId} was not reached: no valid request succeeded`),
      );
    },
    /** Sends any requests to some routes. */
    sendAny: async (some: readonly NamedRoute[], count: number): Promise<void> => {
      for (let index = 0; index < count; index += 1) {
        const named = some[index % some.length] as NamedRoute;
        await send(named, createAnyRequest(named.route, { resources, choices }));
      }
    },
    stop: queries.stop,
  };
};
export type Traffic = Awaited<ReturnType<typeof createTraffic>>;
