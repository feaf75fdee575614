apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
  - ../../../base
components:
  - module
  - ../../production/environment
nameSuffix: -demo-area
labels:
  - pairs:
      app.kubernetes.io/component: demo-area
    includeSelectors: true
    includeTemplates: true
