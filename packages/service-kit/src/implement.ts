import { type Contract, getSuccess, type RouteSpec } from '@plinth/contract-kit';
import { assertVersionCompared, type Ctx, type ServiceOf } from '@plinth/data-kit';

/** A route with its operation. */
export type Binding = {
  readonly operationId: string;
  readonly route: RouteSpec;
  readonly operation: (input: unknown, ctx: Ctx) => Promise<unknown>;
};

type Operation = Binding['operation'];

/** Refuses the result of an operation that ignored the version of `If-Match`; the unit of work then commits nothing. */
const withVersionCheck =
  (operationId: string, operation: Operation): Operation =>
  async (input, ctx) => {
    const result = await operation(input, ctx);
    assertVersionCompared(operationId, input);
    return result;
  };

/**
 * Binds a contract to its service: one operation for each route, which the compiler checks.
 * Curried, because TypeScript would otherwise widen the result types of operations without parameters.
 */
export const implement =
  <const C extends Contract>(contract: C) =>
  (service: ServiceOf<C>): Binding[] =>
    Object.entries(contract.routes).map(([operationId, route]) => {
      const operation = (service as Readonly<Record<string, Operation | undefined>>)[operationId];
      if (!operation) {
        throw new TypeError(
          `Contract '${contract.name}': no action serves the route '${operationId}'. Export one of this name from the actions of its domain.`,
        );
      }
      // A route with two successes or none is refused here when the compiler was bypassed.
      getSuccess(route);
      const isRead = route.method === 'GET';
      return { operationId, route, operation: isRead ? operation : withVersionCheck(operationId, operation) };
    });
