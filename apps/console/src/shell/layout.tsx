import { Link, Outlet, useRouter } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useSession } from '../session/session.ts';
import { AccountMenu } from './account-menu.tsx';
import { navigation } from './navigation.ts';
import { OrganizationMenu } from './organization-menu.tsx';
import { ThemeMenu } from './theme-menu.tsx';

const Brand = () => (
  <Link to="/" className="flex h-8 shrink-0 items-center gap-2 rounded-md px-2 font-semibold md:mb-3">
    <img src="/icon.svg" alt="" className="size-5" />
    <span className="max-sm:sr-only">Plinth</span>
  </Link>
);

const Navigation = () => {
  const { can } = useSession();
  return (
    <nav
      aria-label="Main"
      className="flex items-center gap-0.5 overflow-x-auto border-b border-line bg-surface p-2 md:sticky md:top-0 md:h-dvh md:flex-col md:items-stretch md:border-r md:border-b-0 md:p-3"
    >
      <Brand />
      {navigation
        .filter(({ action }) => can(action))
        .map(({ label, to, icon: Icon }) => (
          <Link
            key={to}
            to={to}
            className="flex h-8 shrink-0 items-center gap-2 rounded-md px-2 font-medium transition-colors sm:px-2.5"
            activeProps={{ className: 'bg-accent-soft text-accent-text' }}
            inactiveProps={{ className: 'text-muted hover:bg-hover hover:text-text' }}
          >
            <span className="max-sm:hidden">
              <Icon />
            </span>
            {label}
          </Link>
        ))}
    </nav>
  );
};

/** Moves the focus to the content when another screen opens, as a browser does for another page. */
const useFocusOnNavigation = () => {
  const router = useRouter();
  const content = useRef<HTMLElement>(null);
  useEffect(
    () =>
      router.subscribe('onResolved', ({ fromLocation, pathChanged }) => {
        if (fromLocation && pathChanged) content.current?.focus();
      }),
    [router],
  );
  return content;
};

/** The frame of every screen: at the left the navigation, which is a bar at the top of a narrow window. */
export const Layout = () => {
  const content = useFocusOnNavigation();
  return (
    <div className="min-h-dvh md:grid md:grid-cols-[13rem_minmax(0,1fr)]">
      <a
        href="#main"
        className="fixed top-2 left-2 z-20 rounded-md bg-accent px-3 py-2 text-on-accent not-focus:sr-only"
      >
        Skip to the content
      </a>
      <Navigation />
      <div className="min-w-0">
        <header className="flex h-12 items-center justify-between gap-2 border-b border-line bg-surface px-3 sm:px-6">
          <OrganizationMenu />
          <div className="flex items-center gap-1">
            <ThemeMenu />
            <AccountMenu />
          </div>
        </header>
        <main ref={content} id="main" tabIndex={-1} className="mx-auto max-w-6xl px-3 py-6 outline-none sm:px-6">
          <Outlet />
        </main>
      </div>
    </div>
  );
};
