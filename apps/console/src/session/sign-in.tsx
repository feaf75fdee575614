import { useEffect, useRef, useState } from 'react';
import { toLabel } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { cardStyle, inputStyle } from '../ui/styles.ts';
import { type Account, fetchAccounts } from './accounts.ts';
import { toCredential } from './credential.ts';
import { signIn } from './session.ts';

const AccountCard = ({ account }: { readonly account: Account }) => (
  <button
    type="button"
    onClick={() => signIn(toCredential(account))}
    className={`${cardStyle} flex items-center gap-3 p-3 text-start transition-colors hover:border-accent hover:bg-hover`}
  >
    <span
      aria-hidden="true"
      className="grid size-9 shrink-0 place-items-center rounded-full bg-accent-soft font-semibold text-accent-text"
    >
      {account.name.charAt(0)}
    </span>
    <span className="min-w-0">
      <span className="block truncate font-medium">{account.name}</span>
      <span className="block truncate text-muted">{toLabel(account.role)}</span>
    </span>
  </button>
);

const Accounts = ({ accounts }: { readonly accounts: readonly Account[] }) => (
  <div className="grid gap-6">
    <p className="text-muted">Choose a demo account. Each role sees what its permissions allow.</p>
    {[...Map.groupBy(accounts, ({ organization }) => organization)].map(([organization, members]) => (
      <section key={organization} aria-label={organization} className="grid gap-2">
        <h2 className="text-xs font-semibold text-muted">{organization}</h2>
        <div className="grid gap-2 sm:grid-cols-3">
          {members.map((account) => (
            <AccountCard key={account.id} account={account} />
          ))}
        </div>
      </section>
    ))}
  </div>
);

const TokenForm = () => {
  const [isRefused, setRefused] = useState(false);
  const input = useRef<HTMLTextAreaElement>(null);
  return (
    <form
      className="grid gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        setRefused(!signIn({ kind: 'token', token: input.current?.value.trim() ?? '' }));
      }}
    >
      <p className="text-muted">Paste an access token of your issuer. It is kept in this tab only.</p>
      <label htmlFor="token" className="font-medium">
        Access token
      </label>
      <textarea
        id="token"
        ref={input}
        rows={4}
        required
        spellCheck={false}
        aria-invalid={isRefused}
        aria-describedby="token-note"
        className={`${inputStyle} h-auto py-2 font-mono text-xs`}
      />
      <p id="token-note" className="min-h-4 text-xs text-danger-text">
        {isRefused && 'This is not an access token. Paste the whole token, without "Bearer".'}
      </p>
      <Button type="submit" look="primary" className="justify-self-start">
        Sign in
      </Button>
    </form>
  );
};

/** Undefined while the accounts are being fetched; empty where there are none. */
const useAccounts = (): readonly Account[] | undefined => {
  const [accounts, setAccounts] = useState<readonly Account[]>();
  useEffect(() => {
    fetchAccounts().then(
      (found = []) => setAccounts(found),
      () => setAccounts([]),
    );
  }, []);
  return accounts;
};

/** The page of a visitor. Demo accounts exist in development only. */
export const SignIn = ({ reason }: { readonly reason: string | undefined }) => {
  const accounts = useAccounts();
  useEffect(() => {
    document.title = 'Sign in · Plinth';
  }, []);
  return (
    <main className="mx-auto grid w-full max-w-2xl content-start gap-6 px-4 py-16">
      <div className="flex items-center gap-3">
        <img src="/icon.svg" alt="" className="size-9" />
        <h1 className="text-2xl font-semibold">Sign in to Plinth</h1>
      </div>
      {reason !== undefined && (
        <p role="status" className="rounded-md bg-info-soft p-3 text-info-text">
          {reason}
        </p>
      )}
      {accounts && (accounts.length > 0 ? <Accounts accounts={accounts} /> : <TokenForm />)}
    </main>
  );
};
