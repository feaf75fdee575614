import { getDeclaredErrors } from '@plinth/contract-kit';
import { listContractOwners } from '@plinth/service-kit';
import { describe, expect, it } from 'vitest';
import { createArtifacts } from '../src/artifacts/artifacts.ts';
import { modules } from '../src/modules.ts';

type Media = { readonly example?: unknown; readonly examples?: Readonly<Record<string, unknown>> };
type Body = { readonly content?: Readonly<Record<string, Media>> };
type Operation = {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly security: readonly object[];
  readonly 'x-permission'?: string;
  readonly requestBody?: Body;
  readonly responses: Readonly<Record<string, Body>>;
};
type Document = {
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly responses: Readonly<Record<string, Body>> };
};

const document = JSON.parse(createArtifacts()['docs/openapi.json'] ?? '') as Document;
const operations = new Map(
  Object.values(document.paths).flatMap((methods) =>
    Object.values(methods).map((operation) => [operation.operationId, operation] as const),
  ),
);

const resolve = (body: Body & { readonly $ref?: string }): Body =>
  body.$ref === undefined ? body : (document.components.responses[body.$ref.split('/').at(-1) ?? ''] ?? {});

/** Lists the codes of the errors of an operation by their statuses. */
const listCodes = ({ responses }: Operation): string[] =>
  Object.entries(responses).flatMap(([status, response]) =>
    Object.keys(resolve(response).content?.['application/problem+json']?.examples ?? {}).map(
      (code) => `${status} ${code}`,
    ),
  );

const contracts = listContractOwners(modules).flatMap((owner) => owner.contracts);

// The linters check that the examples are valid, and that each id is unique.
describe.each(
  contracts.flatMap(({ name, routes }) => Object.entries(routes).map(([id, route]) => ({ id, name, route }))),
)('the operation $id', ({ id, name, route }) => {
  const operation = operations.get(id);

  it('has its tag, its security and its permission', () => {
    expect(operation?.tags).toEqual([name]);
    expect(document.tags.map((tag) => tag.name)).toContain(name);
    expect(operation?.security).toEqual(route.auth === 'public' ? [] : [{ bearer: [] }]);
    expect(operation?.['x-permission']).toBe(typeof route.auth === 'object' ? route.auth.policy : undefined);
  });

  it('has an example of each body', () => {
    const bodies = [operation?.requestBody ?? {}, ...Object.values(operation?.responses ?? {}).map(resolve)];
    for (const media of bodies.flatMap(({ content = {} }) => Object.values(content))) {
      expect(media.example ?? Object.values(media.examples ?? {})[0]).toBeDefined();
    }
  });

  it('has each error under its status', () => {
    const errors = getDeclaredErrors(route).map(({ status, code }) => `${status} ${code}`);
    expect(operation && listCodes(operation).toSorted()).toEqual(errors.toSorted());
  });
});
