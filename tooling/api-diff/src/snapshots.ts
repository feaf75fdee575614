export type Json = { readonly [key: string]: unknown };

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The promises of a contract that OpenAPI does not express, as `apps/platform/src/artifacts/contract-facts.ts` writes them. */
export type Facts = {
  readonly module: string;
  readonly callers: readonly string[];
  readonly deprecated?: { readonly since: string; readonly sunset?: string; readonly replacedBy?: string };
  readonly limit?: string;
  readonly bodyBytesMax?: number;
  readonly combinations?: readonly string[];
  readonly checks?: readonly string[];
  readonly conversions?: readonly string[];
};

/** The promises about an event that AsyncAPI does not express. */
export type EventFacts = {
  readonly module: string;
  readonly aggregate: string;
  readonly version: number;
  readonly upcastsFrom?: readonly number[];
  readonly checks?: readonly string[];
};

type Lines = Readonly<Record<string, readonly string[]>>;

/** `docs/contracts.json`. */
export type Contracts = {
  readonly operations: Readonly<Record<string, Facts>>;
  readonly events: Readonly<Record<string, EventFacts>>;
  readonly problems: Lines;
  readonly lifecycles: Lines;
};

/** The promises of the API at one time: `docs/openapi.json`, `docs/asyncapi.json` and `docs/contracts.json`. */
export type Snapshots = { readonly openapi: Json; readonly asyncapi: Json; readonly contracts: Contracts };

/** Clients notice a breaking change, may use an additive one, and only read an editorial one. */
export type Kind = 'breaking' | 'additive' | 'editorial';

/** A change, and its meaning for clients. */
export type Finding = {
  readonly kind: Kind;
  /** Names what has changed and how, such as `request-enum-removed`. */
  readonly rule: string;
  /** The change in words. */
  readonly text: string;
  /** The kind that api-smart-diff alone decides; missing for a difference that it cannot see. */
  readonly differ?: Kind;
};

/** A finding at an operation. */
export type Change = Finding & {
  /** `POST /v1/users`, or `event users.user-created`; empty for a change of the whole API. */
  readonly operation: string;
  /** The function of the client: `users.createUser`; empty for an event, and for a change of the whole API. */
  readonly action: string;
};
