import { type Contract, getSuccess, type RouteSpec } from '@plinth/contract-kit';
import { type Ctx, type ServiceOf } from '@plinth/data-kit';

/** A route with its operation. */
export type Binding = {
  readonly operationId: string;
  readonly route: RouteSpec;
  readonly operation: (input: unknown, ctx: Ctx) => Promise<unknown>;
};

type AnyOperation = (input: never, ctx: Ctx) => Promise<unknown>;

/**
 * Binds a contract to its service: exactly one operation a route, which the compiler checks. Curried, because in one call the
 * results of operations without parameters would widen.
 */
export const implement =
  <const C extends Contract>(contract: C) =>
  (service: ServiceOf<C>): Binding[] =>
    Object.entries(contract.routes).map(([operationId, route]) => {
      const operation = (service as Readonly<Record<string, AnyOperation>>)[operationId];
      if (!operation) {
        throw new TypeError(
          `Contract '${contract.name}': no operation serves '${operationId}'. Add it to the service of its module.`,
        );
      }
      // Throws for a route with no success or two, which the compiler reports first.
      getSuccess(route);
      return { operationId, route, operation: operation as Binding['operation'] };
    });
