// Runs in Node and, bundled, in a browser.
import { createApi } from '@plinth/service-actions';
import { createUser, getUser, listUsers, updateUser } from '@plinth/service-actions/users';
import { type Operation, pickHeaders, type Reply, type Send } from './journey.ts';

type Action = (...args: unknown[]) => Promise<Pick<Reply, 'status' | 'data'> & { problem?: { code: string } }>;

const actions = { createUser, getUser, listUsers, updateUser } as unknown as Record<Operation, Action>;

export type Access = { readonly baseUrl: string; readonly token: string };

/** Sends by the functions of `service-actions`. */
export const createClient =
  (access: Access): Send =>
  async (operation, input, { signal, requestId, retries = 0, token = access.token } = {}) => {
    let names: Iterable<string> = [];
    const api = createApi({
      baseUrl: access.baseUrl,
      token,
      retries,
      fetch: async (url, init) => {
        const response = await fetch(url, init);
        names = response.headers.keys();
        return response;
      },
    });
    const options = { signal, ...(requestId && { headers: { 'x-request-id': requestId } }) };
    const { status, data, problem } = await actions[operation](api, input, options);
    return { status, code: problem?.code, headers: pickHeaders(names), data };
  };
