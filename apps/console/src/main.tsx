import { CSPProvider } from '@base-ui/react/csp-provider';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { config } from 'zod/v4/core';
import { router } from './router.tsx';
import { SessionContext, useSessionState } from './session/session.ts';
import { SignIn } from './session/sign-in.tsx';
import './styles.css';
import { Toasts } from './ui/toasts.tsx';

// The policy of the page refuses code from text, which zod would try to run. Screens load their schemas later.
config({ jitless: true });

const Console = () => {
  const { session, reason } = useSessionState();
  if (!session) return <SignIn reason={reason} />;
  return (
    <SessionContext value={session}>
      <QueryClientProvider client={session.queryClient}>
        {/* Another user sees nothing of the screens before. */}
        <RouterProvider key={session.principal.id} router={router} />
      </QueryClientProvider>
    </SessionContext>
  );
};

const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <CSPProvider disableStyleElements>
        <Toasts>
          <Console />
        </Toasts>
      </CSPProvider>
    </StrictMode>,
  );
}
