import { defineRoute, Id, Operation, resourceFields } from '@plinth/contract-kit';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { findLocation } from './location.ts';

const Booking = z.object({ id: Id, ...resourceFields });
const auth = 'authenticated';
const params = z.object({ id: Id });
const id = '019389aa-5e5f-7c1d-9d3f-7f1e2a3b4c5d';
const options = { auth, params, summary: 'A route' } as const;
const create = defineRoute({
  ...options,
  method: 'POST',
  path: '/v1/rooms/:id/bookings',
  responses: { 201: Booking },
});
const get = defineRoute({ ...options, method: 'GET', path: '/v1/bookings/:id', responses: { 200: Booking } });

it('is the path of the route that returns the same schema by one id', () => {
  expect(findLocation(create, [create, get])?.('/v1/rooms/1/bookings', id)).toBe(`/v1/bookings/${id}`);
});

it('is below the path of the request where a route returns the resource there', () => {
  const below = { ...get, path: '/v1/rooms/:id/bookings/:bookingId' } as const;
  expect(findLocation(create, [create, get, below])?.('/v1/rooms/1/bookings', id)).toBe(`/v1/rooms/1/bookings/${id}`);
});

it('is the path of the operation where a route starts one', () => {
  const start = { ...create, path: '/v1/bookings/imports', responses: { 202: Operation } } as const;
  expect(findLocation(start, [start])?.('/v1/bookings/imports', id)).toBe(`/v1/operations/${id}`);
});

it.each([
  ['no route returns one by its id', create, [create]],
  ['the route returns another schema', create, [{ ...get, responses: { 200: Booking.extend({}) } }]],
  ['the path has another name', create, [{ ...get, path: '/v1/stays/:id' as const }]],
  ['the path has further parameters', create, [{ ...get, path: '/v1/days/:day/bookings/:id' as const }]],
  ['nothing is created', { ...create, responses: { 200: Booking } }, [get]],
])('does not exist where %s', (_, route, routes) => {
  expect(findLocation(route, routes)).toBeUndefined();
});
