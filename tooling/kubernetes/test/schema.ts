import { z } from 'zod';

/**
 * What a cluster accepts of the fields that the manifests use, and what we ask of every container on top. Objects are strict: a
 * misspelt field, which a cluster would drop in silence, fails. CI also holds the manifests to Kubernetes' own schemas.
 */
const name = z.string().regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);
const label = z.string().regex(/^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/);
const labelName = z.string().regex(/^([a-z0-9.-]+\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/);
const labels = z.record(labelName, label);
const selector = z.strictObject({ matchLabels: labels });
const count = z.int().min(0);
const port = z.int().min(1).max(65_535);
const portName = z.string().regex(/^[a-z]([-a-z0-9]{0,13}[a-z0-9])?$/);

const metadata = z.strictObject({ name, namespace: name.optional(), labels: labels.optional() });

const probe = z.strictObject({
  httpGet: z.strictObject({ path: z.string().startsWith('/'), port: portName }),
  periodSeconds: count.min(1),
  timeoutSeconds: count.min(1),
  failureThreshold: count.min(1),
});

const resources = z.strictObject({
  requests: z.strictObject({ cpu: z.string().regex(/^\d+m?$/), memory: z.string().regex(/^\d+(Mi|Gi)$/) }),
  limits: z.strictObject({ memory: z.string().regex(/^\d+(Mi|Gi)$/) }),
});

const container = z.strictObject({
  name,
  image: z.string(),
  command: z.array(z.string()).optional(),
  ports: z.array(z.strictObject({ name: portName, containerPort: port })).optional(),
  envFrom: z.array(
    z.union([
      z.strictObject({ configMapRef: z.strictObject({ name }) }),
      z.strictObject({ secretRef: z.strictObject({ name }) }),
    ]),
  ),
  startupProbe: probe.optional(),
  livenessProbe: probe.optional(),
  readinessProbe: probe.optional(),
  resources,
  securityContext: z.strictObject({
    allowPrivilegeEscalation: z.literal(false),
    readOnlyRootFilesystem: z.literal(true),
    capabilities: z.strictObject({ drop: z.tuple([z.literal('ALL')]) }),
  }),
});

const pod = z.strictObject({
  metadata: z.strictObject({ labels, annotations: z.record(labelName, z.string()).optional() }),
  spec: z.strictObject({
    restartPolicy: z.literal('Never').optional(),
    automountServiceAccountToken: z.literal(false),
    enableServiceLinks: z.literal(false),
    terminationGracePeriodSeconds: count,
    securityContext: z.strictObject({
      runAsNonRoot: z.literal(true),
      runAsUser: count.min(1),
      runAsGroup: count.min(1),
      seccompProfile: z.strictObject({ type: z.literal('RuntimeDefault') }),
    }),
    topologySpreadConstraints: z
      .array(
        z.strictObject({
          maxSkew: count.min(1),
          topologyKey: labelName,
          whenUnsatisfiable: z.enum(['ScheduleAnyway', 'DoNotSchedule']),
          labelSelector: selector,
        }),
      )
      .optional(),
    containers: z.array(container).length(1),
  }),
});

const peers = z.array(z.strictObject({ namespaceSelector: selector })).min(1);
const peerPorts = z
  .array(z.strictObject({ protocol: z.enum(['TCP', 'UDP']).optional(), port: z.union([port, portName]) }))
  .min(1);

export const Deployment = z.strictObject({
  apiVersion: z.literal('apps/v1'),
  kind: z.literal('Deployment'),
  metadata,
  spec: z.strictObject({
    replicas: count.optional(),
    revisionHistoryLimit: count.min(2),
    minReadySeconds: count,
    progressDeadlineSeconds: count,
    strategy: z.strictObject({
      type: z.literal('RollingUpdate'),
      // Nothing goes before its successor serves.
      rollingUpdate: z.strictObject({
        maxUnavailable: z.literal(0),
        maxSurge: z.union([count.min(1), z.string().regex(/^\d+%$/)]),
      }),
    }),
    selector,
    template: pod,
  }),
});

export const Job = z.strictObject({
  apiVersion: z.literal('batch/v1'),
  kind: z.literal('Job'),
  metadata,
  spec: z.strictObject({
    backoffLimit: count,
    activeDeadlineSeconds: count.min(1),
    ttlSecondsAfterFinished: count,
    template: pod,
  }),
});

export const Service = z.strictObject({
  apiVersion: z.literal('v1'),
  kind: z.literal('Service'),
  metadata,
  spec: z.strictObject({
    selector: labels,
    ports: z.array(z.strictObject({ name: portName, port, targetPort: portName })).min(1),
  }),
});

export const HorizontalPodAutoscaler = z.strictObject({
  apiVersion: z.literal('autoscaling/v2'),
  kind: z.literal('HorizontalPodAutoscaler'),
  metadata,
  spec: z.strictObject({
    scaleTargetRef: z.strictObject({ apiVersion: z.literal('apps/v1'), kind: z.literal('Deployment'), name }),
    // One that is restarted must not be the only one.
    minReplicas: count.min(2),
    maxReplicas: count,
    metrics: z.array(
      z.strictObject({
        type: z.literal('Resource'),
        resource: z.strictObject({
          name: z.literal('cpu'),
          target: z.strictObject({ type: z.literal('Utilization'), averageUtilization: z.int().min(1).max(100) }),
        }),
      }),
    ),
    behavior: z.strictObject({ scaleDown: z.strictObject({ stabilizationWindowSeconds: count }) }),
  }),
});

export const PodDisruptionBudget = z.strictObject({
  apiVersion: z.literal('policy/v1'),
  kind: z.literal('PodDisruptionBudget'),
  metadata,
  spec: z.strictObject({
    maxUnavailable: count.min(1),
    unhealthyPodEvictionPolicy: z.enum(['AlwaysAllow', 'IfHealthyBudget']),
    selector,
  }),
});

export const NetworkPolicy = z.strictObject({
  apiVersion: z.literal('networking.k8s.io/v1'),
  kind: z.literal('NetworkPolicy'),
  metadata,
  spec: z.strictObject({
    podSelector: z.union([selector, z.strictObject({})]),
    policyTypes: z.array(z.enum(['Ingress', 'Egress'])).min(1),
    ingress: z.array(z.strictObject({ from: peers, ports: peerPorts })).optional(),
    egress: z.array(z.strictObject({ to: peers, ports: peerPorts })).optional(),
  }),
});

export const ConfigMap = z.strictObject({
  apiVersion: z.literal('v1'),
  kind: z.literal('ConfigMap'),
  metadata,
  data: z.record(z.string(), z.string()),
});

export const Secret = z.strictObject({
  apiVersion: z.literal('v1'),
  kind: z.literal('Secret'),
  metadata,
  type: z.literal('Opaque'),
  stringData: z.record(z.string(), z.string()),
});

export const Namespace = z.strictObject({
  apiVersion: z.literal('v1'),
  kind: z.literal('Namespace'),
  metadata: metadata.extend({
    labels: z.looseObject({ 'pod-security.kubernetes.io/enforce': z.literal('restricted') }),
  }),
});

/** Any object that the manifests may hold. A kind that is not here is refused. */
export const Manifest = z.discriminatedUnion('kind', [
  Deployment,
  Job,
  Service,
  HorizontalPodAutoscaler,
  PodDisruptionBudget,
  NetworkPolicy,
  ConfigMap,
  Secret,
  Namespace,
]);
export type Manifest = z.infer<typeof Manifest>;
