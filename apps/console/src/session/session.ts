import { type Api, createApi, ProblemError } from '@plinth/service-actions';
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { createContext, useContext, useSyncExternalStore } from 'react';
import { apiUrl } from '../api/api-url.ts';
import { type Can, createCan, type Principal } from '../api/can.ts';
import { showProblem } from '../ui/toasts.tsx';
import {
  type Credential,
  fetchToken,
  forgetCredential,
  readCredential,
  storeCredential,
  toPrincipal,
} from './credential.ts';

/** A user who has signed in, with the connection to the API and the data that it has read. */
export type Session = {
  readonly credential: Credential;
  readonly principal: Principal;
  readonly api: Api;
  readonly can: Can;
  readonly queryClient: QueryClient;
};

type State = { readonly session: Session | undefined; readonly reason: string | undefined };

/** The codes of problems that end a session. */
const endingCodes: readonly string[] = ['unauthenticated', 'token-expired', 'token-unavailable'];

/** Mutations with `meta: { isHandled: true }` show their problems themselves. */
const createQueryClient = (): QueryClient => {
  const endIfRefused = (error: unknown): boolean => {
    const isEnd = error instanceof ProblemError && endingCodes.includes(error.problem.code);
    if (isEnd) signOut('Your session has ended. Sign in again.');
    return isEnd;
  };
  return new QueryClient({
    queryCache: new QueryCache({ onError: endIfRefused }),
    mutationCache: new MutationCache({
      // oxlint-disable-next-line max-params -- the signature is that of TanStack Query
      onError: (error, _input, _context, { meta }) => {
        if (!endIfRefused(error) && !meta?.['isHandled']) showProblem(error);
      },
    }),
    defaultOptions: { queries: { staleTime: 5000 } },
  });
};

const createSession = (credential: Credential): Session | undefined => {
  const principal = toPrincipal(credential);
  if (!principal) return undefined;
  const api = createApi({ baseUrl: apiUrl, token: (refused) => fetchToken(credential, refused) });
  return { credential, principal, api, can: createCan(principal), queryClient: createQueryClient() };
};

const restore = (): Session | undefined => {
  const credential = readCredential();
  return credential && createSession(credential);
};

let state: State = { session: restore(), reason: undefined };
const listeners = new Set<() => void>();

const setState = (next: State): void => {
  state = next;
  for (const listener of listeners) listener();
};

/** Signs in, or switches to another user. @returns false for a token that names no user. */
export const signIn = (credential: Credential): boolean => {
  const session = createSession(credential);
  if (!session) return false;
  forgetCredential();
  storeCredential(credential);
  setState({ session, reason: undefined });
  return true;
};

export const signOut = (reason?: string): void => {
  forgetCredential();
  setState({ session: undefined, reason });
};

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};

export const useSessionState = (): State => useSyncExternalStore(subscribe, () => state);

export const SessionContext = createContext<Session | undefined>(undefined);

/** Returns the session of a screen. */
export const useSession = (): Session => {
  const session = useContext(SessionContext);
  if (!session) throw new Error('There is no session here. Render it below SessionContext.');
  return session;
};
