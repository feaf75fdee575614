import { type AnyFailure, type Api, ProblemError } from '@plinth/service-actions';
import { mutationOptions } from '@plinth/service-actions/react-query';
import { type UseMutationOptions, useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { DefaultValues, FieldValues, UseFormReturn } from 'react-hook-form';
import type { z } from 'zod';
import { useSession } from '../session/session.ts';
import { Conflict, isEqual } from './conflict.tsx';
import { ResourceForm } from './resource-form.tsx';

type Versioned = { readonly id: string; readonly version: number };

/** An action that changes fields of a resource, by a merge patch. */
type PatchAction<T> = {
  (api: Api, input: never): Promise<{ ok: true; data: T } | AnyFailure>;
  readonly route: string;
  readonly domain: string;
};

type Props<T extends Versioned, V extends FieldValues> = {
  readonly action: PatchAction<T>;
  /** The schema of the fields of the form: of what is stored, and not of the patch. */
  readonly schema: z.ZodType<V, V>;
  /** The resource as the page knows it now. Another user may change it while the form is open. */
  readonly latest: T;
  /** Returns the fields of the form. */
  readonly toValues: (resource: T) => V;
  /** Returns the patch of the resource for a patch of the fields, where they differ. */
  readonly toBody?: (patch: object) => object;
  readonly withoutHint?: readonly string[];
  readonly onSaved: (resource: T) => void;
  readonly onCancel: () => void;
  /** Fields that no DTO describes well enough. */
  readonly children?: (form: UseFormReturn<V>) => ReactNode;
};

type PatchInput = { readonly id: string; readonly body: object; readonly ifMatch: number };

/** `mutationOptions` of an action whose route is not known here. */
const toOptions = mutationOptions as unknown as <T>(
  action: PatchAction<T>,
  api: Api,
) => UseMutationOptions<T, Error, PatchInput>;

/** Returns the fields that differ, as a merge patch: null removes a field. */
const toPatch = (values: FieldValues, before: FieldValues): object =>
  Object.fromEntries(
    Object.entries(values)
      .filter(([name, value]) => !isEqual(value, before[name]))
      .map(([name, value]: [string, unknown]) => [name, value ?? null]),
  );

/** The state of a form of one version. A later version does not replace it, and is shown beside it when the form is sent. */
const useEdit = <T extends Versioned, V extends FieldValues>(props: Props<T, V>) => {
  const { action, latest, toValues, toBody = (patch) => patch, onSaved } = props;
  const { api } = useSession();
  const [base, setBase] = useState(latest);
  const [mine, setMine] = useState<V>();
  const { mutate, reset, error, isPending } = useMutation({
    ...toOptions(action, api),
    meta: { isHandled: true },
    onSuccess: onSaved,
  });
  const isStale = error instanceof ProblemError && error.problem.code === 'stale-version';
  const toInput = (values: V, resource: T): PatchInput => {
    const { id, version } = resource;
    return { id, body: toBody(toPatch(values, toValues(resource))), ifMatch: version };
  };
  return {
    base,
    mine,
    isPending,
    // All reads of the domain are read again before a change has settled, so `latest` is the version of the other user.
    isConflict: isStale && latest.version !== base.version,
    error: isStale ? undefined : error,
    reset,
    toInput,
    save: (values: V, resource: T): void => {
      setMine(values);
      mutate(toInput(values, resource));
    },
    takeTheirs: (): void => {
      reset();
      setBase(latest);
    },
  };
};

/** A form that changes a resource, and shows both versions when another user has changed it meanwhile. */
export const EditForm = <T extends Versioned, V extends FieldValues>(props: Props<T, V>) => {
  const { action, schema, latest, toValues, withoutHint, onCancel, children } = props;
  const { base, mine, isPending, isConflict, error, reset, toInput, save, takeTheirs } = useEdit(props);
  return (
    <>
      <ResourceForm
        key={base.version}
        schema={schema as never}
        defaultValues={toValues(base) as DefaultValues<V>}
        withoutHint={withoutHint}
        submitLabel="Save"
        isBusy={isPending}
        error={error}
        onSubmit={(values: V) => save(values, base)}
        onCancel={onCancel}
        toCall={(values: V) => ({ action, input: toInput(values, base) })}
      >
        {children}
      </ResourceForm>
      {isConflict && mine && (
        <Conflict
          theirs={toValues(latest)}
          mine={mine}
          isBusy={isPending}
          onTakeTheirs={takeTheirs}
          onKeepMine={() => save(mine, latest)}
          onClose={reset}
        />
      )}
    </>
  );
};
