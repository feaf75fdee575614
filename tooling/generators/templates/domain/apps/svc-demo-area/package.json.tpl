{
  "name": "@plinth/svc-demo-area",
  "version": "0.0.0",
  "private": true,
  "description": "The demo area domain, wired.",
  "license": "Apache-2.0",
  "type": "module",
  "exports": {
    "./module": "./src/module.ts"
  },
  "scripts": {
    "test": "vitest run"
  },
  "dependencies": {
    "@plinth/actions": "workspace:*",
    "@plinth/config": "workspace:*",
    "@plinth/data-kit": "workspace:*",
    "@plinth/models": "workspace:*",
    "@plinth/mongo": "workspace:*",
    "@plinth/redis": "workspace:*",
    "@plinth/service-contracts": "workspace:*",
    "@plinth/service-kit": "workspace:*",
    "@plinth/svc-users": "workspace:*"
  },
  "devDependencies": {
    "@plinth/contract-kit": "workspace:*",
    "@plinth/testing": "workspace:*",
    "@plinth/vitest-config": "workspace:*"
  }
}
