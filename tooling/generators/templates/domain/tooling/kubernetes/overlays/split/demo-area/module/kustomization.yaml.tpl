# Applied before the environment sets the registry: the image of this Deployment is another app's.
apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
patches:
  - target:
      kind: Deployment
    patch: |
      - op: replace
        path: /spec/template/spec/containers/0/image
        value: plinth/svc-demo-area
