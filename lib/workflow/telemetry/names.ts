// Every number that the product publishes, in one place. Labels take few values known beforehand, never an id.
import type { CounterDefinition, GaugeDefinition, HistogramDefinition } from '../model/ports/telemetry';

const fastSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const slowSeconds = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];
const batchSizes = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];

function counter<const L extends string = never>(
  name: string,
  help: string,
  labels: readonly L[] = [],
): CounterDefinition<L> {
  return { kind: 'counter', name, help, labels };
}
function gauge<const L extends string = never>(
  name: string,
  help: string,
  labels: readonly L[] = [],
): GaugeDefinition<L> {
  return { kind: 'gauge', name, help, labels };
}
function histogram<const L extends string = never>(
  name: string,
  help: string,
  buckets: readonly number[],
  labels: readonly L[] = [],
): HistogramDefinition<L> {
  return { kind: 'histogram', name, help, buckets, labels };
}

/** The product's counters, gauges and histograms; each is what `Metrics` takes. */
export const instruments = {
  // What came in.
  eventsSubmitted: counter('baton_events_submitted_total', 'Events committed by a submit or an enqueue.', ['via']),
  busDeliveries: counter(
    'baton_bus_deliveries_total',
    'Executions that got an event of the bus they wait for, by the side that found it: submit or wait.',
    ['by'],
  ),
  executionsStarted: counter('baton_executions_started_total', 'Executions started.'),
  executionsEnded: counter('baton_executions_ended_total', 'Executions ended, by final status.', ['status']),
  tasksCreated: counter('baton_tasks_created_total', 'Human tasks created.'),
  tasksEnded: counter('baton_tasks_ended_total', 'Human tasks ended, by final status.', ['status']),

  // Take, run, act, flush.
  entriesTaken: counter('baton_entries_taken_total', 'Inbox rows and due timers that were given a place in a log.'),
  takeSeconds: histogram('baton_take_seconds', 'Duration of a take statement.', fastSeconds),
  activations: counter('baton_activations_total', 'Runs of workflow code, warm (live copy) or cold (replay).', [
    'mode',
  ]),
  activationSeconds: histogram(
    'baton_activation_seconds',
    'Time that a round spent in workflow code, of all its executions together.',
    fastSeconds,
    ['mode'],
  ),
  actions: counter('baton_actions_total', 'Actions ended, by outcome.', ['outcome']),
  actionSeconds: histogram('baton_action_seconds', 'Duration of an action with all its attempts.', slowSeconds),
  flushes: counter('baton_flushes_total', 'Flush statements, by outcome.', ['outcome']),
  flushSeconds: histogram('baton_flush_seconds', 'Duration of a flush, commit included.', fastSeconds),
  flushBatchExecutions: histogram('baton_flush_batch_executions', 'Executions that shared one flush.', batchSizes),
  inboxLagSeconds: histogram('baton_inbox_lag_seconds', 'Age of an inbox row when it was taken.', slowSeconds),
  timerLatenessSeconds: histogram(
    'baton_timer_lateness_seconds',
    'How late a timer fired; of those of one execution that fired together, the first.',
    slowSeconds,
  ),
  sweeps: counter('baton_sweeps_total', 'Sweeps of the inbox by owners.'),
  queueDepth: gauge('baton_queue_depth', 'Executions that were woken and that this worker has not taken yet.'),
  pressure: gauge('baton_back_pressure', '1 while this worker begins no other execution, by cause.', ['cause']),
  liveExecutions: gauge('baton_live_executions', 'Executions kept in memory by this worker.'),
  inFlightActions: gauge('baton_actions_in_flight', 'Actions now running in this worker.'),
  deferredExecutions: gauge('baton_deferred_executions', 'Executions that wait here for code that this worker lacks.'),

  // Ownership.
  ownedPartitions: gauge('baton_owned_partitions', 'Partitions owned by this worker.'),
  fenceLost: counter('baton_fence_lost_total', 'Times that this worker found itself fenced.'),
  headsLost: counter('baton_heads_lost_total', 'Executions whose head had moved; their live copies were dropped.'),
  partitionsOffered: counter(
    'baton_partitions_offered_total',
    'Partitions given up for a worker with code that this one lacks.',
  ),
  takeovers: counter('baton_takeovers_total', 'Workers that this one fenced because their lease ran out.'),
  heartbeatAgeSeconds: gauge('baton_heartbeat_age_seconds', 'Time since the last confirmed heartbeat.'),

  // What needs a person.
  unawaitedRejections: counter(
    'baton_unawaited_rejections_total',
    'Promises that nobody awaited and that were rejected, such as in the handler of an action.',
  ),
  nondeterminism: counter('baton_nondeterminism_total', 'Executions whose code did not fit their log.'),
  limits: counter(
    'baton_limits_total',
    'Executions that came near a limit (warned), and what was stopped at one (blocked, refused, failed).',
    ['limit', 'outcome'],
  ),
  deadLetters: counter('baton_dead_letters_total', 'What was put aside as dead letters, by kind.', ['kind']),
  stuckExecutions: gauge('baton_stuck_executions', 'Executions that someone should look at, by reason.', ['reason']),
  jobsQueued: gauge('baton_jobs_queued', 'Dispatched actions that are due and that no worker has taken.'),
  oldestJobSeconds: gauge('baton_jobs_oldest_seconds', 'How long the oldest of them is due.'),

  // Redis. Only latency depends on these.
  redisUp: gauge('baton_redis_up', '1 while this use of Redis works, 0 while it does not.', ['use']),
  redisOutages: counter('baton_redis_outages_total', 'Times that Redis stopped answering, by use.', ['use']),
  hintsPublished: counter('baton_hints_published_total', 'Hints added to streams.'),
  hintsDropped: counter('baton_hints_dropped_total', 'Hints given up while Redis was away; sweeps replace them.'),
  hintsRead: counter('baton_hints_read_total', 'Hints read from streams.'),
  hintsReclaimed: counter('baton_hints_reclaimed_total', 'Hints taken over from an earlier reader of the stream.'),
  hintHeals: counter('baton_hint_heals_total', 'Times that lost streams or groups were made again.'),
  liveNotices: counter('baton_live_notices_total', 'Change notices handed to open pages.'),

  // Mail, of workers that can send it.
  mails: counter(
    'baton_mails_total',
    'Mails about tasks: sent, retried later, dropped since nobody needs them any more, failed for good.',
    ['outcome'],
  ),
  mailsPending: gauge('baton_mails_pending', 'Mails that wait to be sent, of all workers together.'),

  // The web server.
  webRequests: counter(
    'baton_web_requests_total',
    'Calls of the API and of server actions that were answered, by class of the status: 2xx, 3xx, 4xx, 5xx.',
    ['kind', 'status'],
  ),
  webRequestSeconds: histogram('baton_web_request_seconds', 'Time to the answer of such a call.', fastSeconds, [
    'kind',
  ]),
  admissionRefusals: counter(
    'baton_admission_refusals_total',
    'Events and starts that were refused because too much waited, by what waited: inbox, pending, events.',
    ['of'],
  ),
  backlog: gauge(
    'baton_backlog',
    'Accepted and not taken by a worker when last looked: events in inboxes, pending executions, events of the bus.',
    ['of'],
  ),
} as const;

/** What the web server publishes; the rest is counted by workers alone. */
export const webInstruments = [
  instruments.eventsSubmitted,
  instruments.busDeliveries,
  instruments.executionsStarted,
  instruments.tasksEnded,
  instruments.limits,
  instruments.redisUp,
  instruments.redisOutages,
  instruments.hintsPublished,
  instruments.hintsDropped,
  instruments.liveNotices,
  instruments.webRequests,
  instruments.webRequestSeconds,
  instruments.admissionRefusals,
  instruments.backlog,
] as const;

const ofTheWebAlone: ReadonlySet<unknown> = new Set([
  instruments.liveNotices,
  instruments.webRequests,
  instruments.webRequestSeconds,
  instruments.admissionRefusals,
  instruments.backlog,
]);

/** What a worker publishes. */
export const workerInstruments = Object.values(instruments).filter((instrument) => !ofTheWebAlone.has(instrument));
