---
'@plinth/service-contracts': minor
---

Demo items: `/v1/demo-items` creates, lists, updates and deletes them.
