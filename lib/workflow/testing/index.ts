/** The door for tests of workflows: no database is needed. `./onPostgres` runs the same scenarios on real servers. */
export { testWorkflow } from './kit/testWorkflow';
export type {
  ActionCallRecord,
  ActionStandIn,
  Scenario,
  ScriptedEvent,
  TaskAnswer,
  TestedExecution,
  TestedRun,
  TestedTask,
  TestTask,
} from './kit/scenario';
