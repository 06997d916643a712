/** Regressions that systems like this one have had, and the tests that would show each of them here. */
export interface KnownRegression {
  readonly name: string;
  readonly tests: readonly { readonly file: string; readonly title: string }[];
}

const at = (file: string, title: string) => ({ file: `lib/workflow/${file}`, title });
const own = (title: string) => at('testing/regressions/regressions.integ.test.ts', title);
const restarts = (title: string) => at('testing/regressions/restarts.integ.test.ts', title);
const simulation = at('testing/simulation/simulation.test.ts', 'keeps every promise whatever fails');
const taskRaces = 'testing/processes/taskRaces.integ.test.ts';
const tasks = 'persistence/tasks/tasks.integ.test.ts';
const humanTasks = 'core/engine/humanTasks.integ.test.ts';

export const knownRegressions: readonly KnownRegression[] = [
  {
    name: 'event before the wait is lost',
    tests: [at('core/engine/engine.integ.test.ts', 'keeps events that come before the workflow waits for them')],
  },
  {
    name: 'wait is lost after a restart',
    tests: [restarts('keep a wait and its timeout, however many of them are lost while it is open')],
  },
  {
    name: 'resume on another worker',
    tests: [
      restarts('resume on another worker what the first one holds in variables, without asking for it again'),
      at('testing/processes/killPoints.integ.test.ts', 'leave every execution whole: %s'),
    ],
  },
  {
    name: 'double submit of a task',
    tests: [at(tasks, 'is won by exactly one of two at the same time: one event, and the other is told who did what')],
  },
  {
    name: 'publish before commit',
    tests: [
      own('publishes a hint after the commit of what it tells of'),
      at(
        'testing/regressions/publishBeforeCommit.integ.test.ts',
        'of %s is published once the row in the inbox is committed',
      ),
    ],
  },
  {
    name: 'message trimmed while unread',
    tests: [
      restarts('costs time alone: the owner finds what it told of'),
      at('streams/redisHints.integ.test.ts', 'trims what is older than ten minutes and nothing younger'),
      at('streams/redisHints.integ.test.ts', 'heals when Redis is flushed again and again under load'),
    ],
  },
  {
    name: 'metrics that stay 0',
    tests: [
      own('moves its metrics'),
      at('testing/regressions/metricsMove.integ.test.ts', 'that are declared are all moved by a test'),
    ],
  },
  {
    name: 'claimed by two',
    tests: [
      at(tasks, 'is won by exactly one of two at the same time, and the other is told by whom'),
      restarts('claim no job twice, however many claim in the same instant'),
    ],
  },
  {
    name: 'timer over 24.8 days',
    tests: [
      at('streams/wakeQueue.integ.test.ts', 'takes instants months away'),
      at('testing/kit/testWorkflow.test.ts', 'skips time: sleeps and timeouts of months pass at once'),
    ],
  },
  {
    name: 'completed task whose event is lost',
    tests: [
      at(tasks, 'checks the answers, ends the task and writes the event for the workflow in one commit'),
      at(taskRaces, 'is answered once by two people at the same moment, whoever dies in between'),
    ],
  },
  {
    name: 'child that cannot signal its parent',
    tests: [
      own('lets an execution signal the one that it was started for'),
      at('core/engine/relations.integ.test.ts', 'run side by side and give their results to the parent'),
    ],
  },
  {
    name: 'data.set lost at the next event',
    tests: [own('keeps data that was set over the next events, and over a change of workers')],
  },
  {
    name: 'defaults not applied',
    tests: [at('core/actions/parameters.test.ts', 'passes on what is declared and fills in defaults')],
  },
  {
    name: 'action reported failed after its effect succeeded',
    tests: [
      at(
        'persistence/actions/databaseActions.integ.test.ts',
        'of a commit that came through is looked up instead of acting again',
      ),
    ],
  },
  {
    name: 'timeout that leaves its task open',
    tests: [
      at(humanTasks, 'expires the task after three days and creates the next one in the same commit'),
      simulation,
    ],
  },
  {
    name: 'execution that never leaves "running"',
    tests: [
      restarts('end every execution that a lost worker left running: in an action, and before its work was written'),
      at('testing/regressions/waiting.integ.test.ts', 'execution that never leaves running'),
      simulation,
    ],
  },
];
