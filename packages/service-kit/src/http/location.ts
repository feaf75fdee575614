import { getSuccess, Operation, operationsContract, type RouteSpec } from '@plinth/contract-kit';
import { z } from 'zod';

const itemParameter = /^\/:\w+$/;

const hasId = (schema: z.core.$ZodType): boolean => schema instanceof z.ZodObject && 'id' in schema.shape;

/**
 * Returns the function that creates the `Location` of a created resource from the path of the request and the id of the resource. It
 * leads to the route below the path of the request or, if there is none, to that of the last name in the path, such as
 * `/v1/bookings/:id` for `POST /v1/rooms/:id/bookings`. That of a long operation leads to `GET /v1/operations/:id`. Returns undefined when
 * no route returns the created schema by its id.
 */
export const findLocation = (
  route: RouteSpec,
  routes: readonly RouteSpec[],
): ((requestPath: string, id: string) => string) | undefined => {
  const { status, schema } = getSuccess(route);
  if (status === 202 && schema === Operation) {
    return (_, id) => operationsContract.routes.getOperation.path.replace(':id', id);
  }
  if (status !== 201 || !hasId(schema)) return undefined;
  const reads = routes.filter(({ method }) => method === 'GET');
  const isBelow = ({ path }: RouteSpec): boolean =>
    path.startsWith(route.path) && itemParameter.test(path.slice(route.path.length));
  if (reads.some(isBelow)) return (requestPath, id) => `${requestPath}/${id}`;
  const [, version] = route.path.split('/');
  const collection = `/${version}${route.path.slice(route.path.lastIndexOf('/'))}`;
  const isItem = (read: RouteSpec): boolean =>
    read.path.startsWith(collection) &&
    itemParameter.test(read.path.slice(collection.length)) &&
    getSuccess(read).schema === schema;
  return reads.some(isItem) ? (_, id) => `${collection}/${id}` : undefined;
};
