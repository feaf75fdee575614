import type { Module } from '@plinth/service-kit';
import { auditModule } from '@plinth/svc-audit/module';
import { identityModule } from '@plinth/svc-identity/module';
import { ordersModule } from '@plinth/svc-orders/module';
import { usersModule } from '@plinth/svc-users/module';

/** Every module of the product, in the order in which the reference shows them. */
export const modules: readonly Module[] = [usersModule, identityModule, ordersModule, auditModule];
